//! Writes one part: rows in, a Parquet file out.
//!
//! **Invariant:** memory is bounded by one row group, however many rows there are.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{
    ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
};
use parquet::errors::Result;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type};
use sekisho_core::archive::{Cell, Cells, Column, Holds, Kept, Presence, Sought};

/// Rows of a row group: what a reader holds at once, and passes over at once.
pub const GROUP: usize = 65_536;

/// Where a column's dictionary ends and its values stand by themselves: room for one of sixteen
/// bytes for every row of a group.
const DICTIONARY: usize = 16 * GROUP;

/// How often a file may wrongly say that it could have a value: its filters take six bits a value.
const WRONGLY: f64 = 0.05;

/// The values of one column of a row group.
enum Values {
    Bytes(Vec<FixedLenByteArray>),
    Numbers(Vec<i64>),
    Texts(Vec<ByteArray>),
}

struct Filling {
    column: &'static Column,
    values: Values,
    present: Vec<i16>,
}

impl Filling {
    fn of(column: &'static Column) -> Self {
        Self {
            column,
            values: match column.holds {
                Holds::Bytes => Values::Bytes(Vec::new()),
                Holds::Moment | Holds::Number => Values::Numbers(Vec::new()),
                Holds::Text => Values::Texts(Vec::new()),
            },
            present: Vec::new(),
        }
    }

    fn push(&mut self, cell: &Cell) {
        self.present.push(i16::from(*cell != Cell::Nothing));
        match (&mut self.values, cell) {
            (Values::Bytes(values), Cell::Bytes(bytes)) => values.push(bytes.to_vec().into()),
            (Values::Numbers(values), Cell::Number(number)) => values.push(*number),
            (Values::Texts(values), Cell::Text(text)) => values.push(text.as_str().into()),
            // A cell fits its column by construction, or is nothing.
            _ => {}
        }
    }

    fn write(&mut self, to: &mut SerializedColumnWriter<'_>) -> Result<()> {
        let levels = (self.column.presence == Presence::Sometimes).then_some(&*self.present);
        match &self.values {
            Values::Bytes(values) => {
                let to = to.typed::<FixedLenByteArrayType>();
                to.write_batch(values, levels, None)?
            }
            Values::Numbers(values) => to.typed::<Int64Type>().write_batch(values, levels, None)?,
            Values::Texts(values) => to
                .typed::<ByteArrayType>()
                .write_batch(values, levels, None)?,
        };
        *self = Self::of(self.column);
        Ok(())
    }
}

/// The schema of a file.
///
/// # Errors
/// None for the columns of this version.
pub fn schema(kept: Kept) -> Result<Type> {
    let field = |column: &Column| {
        let of = |physical| {
            Type::primitive_type_builder(column.name, physical).with_repetition(
                match column.presence {
                    Presence::Always => Repetition::REQUIRED,
                    Presence::Sometimes => Repetition::OPTIONAL,
                },
            )
        };
        let built = match column.holds {
            Holds::Bytes => of(Physical::FIXED_LEN_BYTE_ARRAY).with_length(16),
            Holds::Number => of(Physical::INT64),
            Holds::Moment => of(Physical::INT64)
                .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
            Holds::Text => of(Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String)),
        };
        built.build().map(Arc::new)
    };
    let fields: Result<Vec<_>> = kept.columns().iter().map(field).collect();
    Type::group_type_builder(kept.word())
        .with_fields(fields?)
        .build()
}

fn properties(kept: Kept) -> WriterProperties {
    let sorted = (0..kept.key()).filter_map(|place| i32::try_from(place).ok());
    let sorted = sorted.map(|column_idx| SortingColumn {
        column_idx,
        descending: false,
        nulls_first: false,
    });
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("sekisho-archive ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_dictionary_page_size_limit(DICTIONARY)
        .set_sorting_columns(Some(sorted.collect()));
    for column in kept.columns() {
        let path = || ColumnPath::from(column.name);
        // Every decision and nearly every moment stands there once.
        if column.holds == Holds::Moment {
            properties = properties
                .set_column_dictionary_enabled(path(), false)
                .set_column_encoding(path(), Encoding::DELTA_BINARY_PACKED);
        }
        if matches!(column.name, "decision" | "facts") {
            properties = properties.set_column_dictionary_enabled(path(), false);
        }
        if column.sought == Sought::Singly {
            let most = u64::try_from(GROUP).unwrap_or(u64::MAX);
            properties = properties
                .set_column_bloom_filter_fpp(path(), WRONGLY)
                .set_column_bloom_filter_max_ndv(path(), most);
        }
    }
    properties.build()
}

/// A file that is being written.
pub struct PartWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    filling: Vec<Filling>,
    rows: usize,
}

impl<W: Write + Send> PartWriter<W> {
    /// Begins.
    ///
    /// # Errors
    /// Those of writing.
    pub fn begin(kept: Kept, to: W) -> Result<Self> {
        let schema = Arc::new(schema(kept)?);
        Ok(Self {
            file: SerializedFileWriter::new(to, schema, Arc::new(properties(kept)))?,
            filling: kept.columns().iter().map(Filling::of).collect(),
            rows: 0,
        })
    }

    /// One more row.
    ///
    /// # Errors
    /// Those of writing.
    pub fn add(&mut self, row: &Cells) -> Result<()> {
        for (filling, cell) in self.filling.iter_mut().zip(row.cells()) {
            filling.push(cell);
        }
        self.rows += 1;
        if self.rows == GROUP {
            self.group()?;
        }
        Ok(())
    }

    fn group(&mut self) -> Result<()> {
        let mut group = self.file.next_row_group()?;
        for filling in &mut self.filling {
            if let Some(mut column) = group.next_column()? {
                filling.write(&mut column)?;
                column.close()?;
            }
        }
        self.rows = 0;
        group.close().map(|_| ())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Those of writing.
    pub fn end(mut self) -> Result<()> {
        if self.rows > 0 {
            self.group()?;
        }
        self.file.close().map(|_| ())
    }
}
