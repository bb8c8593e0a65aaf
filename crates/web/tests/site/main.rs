//! The whole site over a real gate and a real store. One module for each address.

mod fixture;
mod healthz;
mod openapi_json;
mod v1;
mod v1_decisions;
mod v1_grants_redeem;
mod v1_operations;
mod well_known;
