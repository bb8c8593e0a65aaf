//! Reads one part: all its rows, or some columns of those row groups that may hold what is asked.
//!
//! **Invariant:** a file whose columns are not those of its kind is not read.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray};
use parquet::errors::ParquetError;
use parquet::file::properties::ReaderProperties;
use parquet::file::reader::{FileReader as _, RowGroupReader};
use parquet::file::serialized_reader::{ReadOptionsBuilder, SerializedFileReader};
use sekisho_core::archive::{Cell, Cells, Kept};

use crate::fault::Fault;
use crate::part_writer::{GROUP, schema};

/// A column of a row group, a value for each row.
#[derive(Debug)]
pub enum Strip {
    /// Sixteen bytes each.
    Bytes(Vec<Option<[u8; 16]>>),
    /// Numbers and moments.
    Numbers(Vec<Option<i64>>),
    /// Texts.
    Texts(Vec<Option<ByteArray>>),
}

impl Strip {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of a row.
    #[must_use]
    pub fn bytes(&self, row: usize) -> Option<[u8; 16]> {
        match self {
            Self::Bytes(values) => values.get(row).copied().flatten(),
            Self::Numbers(_) | Self::Texts(_) => None,
        }
    }

    /// The number of a row.
    #[must_use]
    pub fn number(&self, row: usize) -> Option<i64> {
        match self {
            Self::Numbers(values) => values.get(row).copied().flatten(),
            Self::Bytes(_) | Self::Texts(_) => None,
        }
    }

    /// The text of a row.
    #[must_use]
    pub fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Texts(values) => values.get(row)?.as_ref()?.as_utf8().ok(),
            Self::Bytes(_) | Self::Numbers(_) => None,
        }
    }

    /// The cell of a row.
    #[must_use]
    pub fn cell(&self, row: usize) -> Cell {
        match self {
            Self::Bytes(_) => Cell::maybe_bytes(self.bytes(row)),
            Self::Numbers(_) => Cell::maybe_number(self.number(row)),
            Self::Texts(_) => Cell::maybe_text(self.text(row)),
        }
    }
}

/// A file that is being read.
pub struct PartReader {
    kept: Kept,
    path: PathBuf,
    file: SerializedFileReader<File>,
}

impl std::fmt::Debug for PartReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartReader")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl PartReader {
    /// Opens a file.
    ///
    /// # Errors
    /// [`Fault::Unreadable`] if it is not one of this kind.
    pub fn open(kept: Kept, path: &Path) -> Result<Self, Fault> {
        let wrong = |why: ParquetError| Fault::unreadable(path, why);
        let file = File::open(path).map_err(Fault::io(path))?;
        let filters = ReaderProperties::builder()
            .set_read_bloom_filter(true)
            .build();
        let options = ReadOptionsBuilder::new().with_reader_properties(filters);
        let file = SerializedFileReader::new_with_options(file, options.build()).map_err(wrong)?;
        let expected = schema(kept).map_err(wrong)?;
        let found = file.metadata().file_metadata().schema();
        let small = file
            .metadata()
            .row_groups()
            .iter()
            .all(|group| usize::try_from(group.num_rows()).is_ok_and(|rows| rows <= GROUP));
        if found.get_fields() != expected.get_fields() || !small {
            let why = format!("does not have the columns of {}", kept.word());
            return Err(Fault::unreadable(path, why));
        }
        Ok(Self {
            kept,
            path: path.to_owned(),
            file,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many row groups there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.file.num_row_groups()
    }

    /// Whether a row group may have one of these values in a column that is sought.
    ///
    /// # Errors
    /// Those of reading.
    pub fn may_hold(&self, group: usize, column: &str, any: &[[u8; 16]]) -> Result<bool, Fault> {
        let Some(place) = self.kept.column(column) else {
            return Ok(true);
        };
        let group = self.group(group)?;
        let filter = group.get_column_bloom_filter(place);
        Ok(filter.is_none_or(|filter| any.iter().any(|value| filter.check(value.as_slice()))))
    }

    /// Least and greatest value of a column of numbers or moments in a row group, where it is
    /// known.
    #[must_use]
    pub fn range(&self, group: usize, column: &str) -> Option<(i64, i64)> {
        let place = self.kept.column(column)?;
        let group = self.file.metadata().row_groups().get(group)?;
        let known = group.columns().get(place)?.statistics()?;
        let number = |bytes: &[u8]| bytes.try_into().ok().map(i64::from_le_bytes);
        Some((
            number(known.min_bytes_opt()?)?,
            number(known.max_bytes_opt()?)?,
        ))
    }

    fn group(&self, group: usize) -> Result<Box<dyn RowGroupReader + '_>, Fault> {
        let found = self.file.get_row_group(group);
        found.map_err(|why| Fault::unreadable(&self.path, why))
    }

    /// Some columns of a row group, in the order asked, each as long as the group.
    ///
    /// # Errors
    /// Those of reading.
    pub fn columns(&self, group: usize, names: &[&str]) -> Result<Vec<Strip>, Fault> {
        let group = self.group(group)?;
        let rows = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
        let read = |name: &&str| {
            let place = self.kept.column(name).unwrap_or(usize::MAX);
            let reader = group.get_column_reader(place);
            let read = reader.and_then(|reader| column(reader, rows));
            let cells = read.map_err(|why| Fault::unreadable(&self.path, why))?;
            if cells.len() == rows {
                Ok(cells)
            } else {
                Err(Fault::unreadable(
                    &self.path,
                    "a column is shorter than its row group",
                ))
            }
        };
        names.iter().map(read).collect()
    }

    /// Every row, in the order of the file.
    ///
    /// # Errors
    /// Those of reading, and those of `each`.
    pub fn rows(&self, mut each: impl FnMut(Cells) -> Result<(), Fault>) -> Result<(), Fault> {
        (0..self.groups()).try_for_each(|group| self.group_rows(group, &mut each))
    }

    /// Every row of a row group.
    ///
    /// # Errors
    /// Those of reading, and those of `each`.
    pub fn group_rows(
        &self,
        group: usize,
        mut each: impl FnMut(Cells) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let columns = self.kept.columns().iter();
        let names: Vec<_> = columns.map(|column| column.name).collect();
        let columns = self.columns(group, &names)?;
        for row in 0..columns.first().map_or(0, Strip::len) {
            let cells = columns.iter().map(|column| column.cell(row)).collect();
            let row = Cells::of(self.kept, cells);
            each(row.map_err(|why| Fault::unreadable(&self.path, why))?)?;
        }
        Ok(())
    }
}

fn column(reader: ColumnReader, rows: usize) -> Result<Strip, ParquetError> {
    Ok(match reader {
        ColumnReader::Int64ColumnReader(reader) => {
            Strip::Numbers(filled(reader, rows, |number| Ok(*number))?)
        }
        ColumnReader::ByteArrayColumnReader(reader) => {
            let text = |text: &ByteArray| text.as_utf8().map(|_| text.clone());
            Strip::Texts(filled(reader, rows, text)?)
        }
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            let bytes = |bytes: &FixedLenByteArray| {
                let wrong = |_| ParquetError::General("a value is not sixteen bytes".to_owned());
                bytes.data().try_into().map_err(wrong)
            };
            Strip::Bytes(filled(reader, rows, bytes)?)
        }
        _ => {
            let why = "a column holds something else".to_owned();
            return Err(ParquetError::General(why));
        }
    })
}

/// Reads a column and puts nothing where there is nothing.
fn filled<T: DataType, V>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    read: impl Fn(&T::T) -> Result<V, ParquetError>,
) -> Result<Vec<Option<V>>, ParquetError> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    loop {
        let left = rows.saturating_sub(levels.len().max(values.len()));
        let (got, ..) = reader.read_records(left, Some(&mut levels), None, &mut values)?;
        if got == 0 || got >= left {
            break;
        }
    }
    let mut values = values.iter().map(read);
    if levels.is_empty() {
        return values.map(|value| value.map(Some)).collect();
    }
    let mut next = || match values.next() {
        Some(value) => value.map(Some),
        None => Err(ParquetError::General(
            "a column has too few values".to_owned(),
        )),
    };
    let filled = levels.iter().map(|level| match level {
        0 => Ok(None),
        _ => next(),
    });
    filled.collect()
}
