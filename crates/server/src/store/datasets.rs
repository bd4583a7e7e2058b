//! Datasets as the store keeps them.

use async_trait::async_trait;
use perennial_dialect::wire::cause::RowCause;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StoreError;
use crate::clock::Moment;
use crate::import::{Accepted, Delimiter, Encoding};

/// A column of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// What the header says.
    pub name: String,
    /// Whether every field in it is a number or empty.
    pub is_number: bool,
}

/// The rows of a file that was read to its end.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its key in the store.
    pub key: i64,
    /// Its identifier.
    pub id: Uuid,
    /// What the file was called.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What separated fields in the file.
    pub delimiter: Delimiter,
    /// How the file was encoded.
    pub encoding: Encoding,
    /// How many rows there are.
    pub rows: i64,
    /// How many were not taken.
    pub rejected: i64,
    /// When reading began.
    pub created_at: Moment,
}

/// A row with its place in the dataset.
#[derive(Clone, Debug)]
pub struct Numbered {
    /// From 1, in the order of the file.
    pub number: i64,
    /// The row.
    pub row: Accepted,
}

/// How many rows are read at once: no more than these, and no more bytes of their text unless one row alone has more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtOnce {
    /// The number of rows.
    pub rows: usize,
    /// The number of bytes.
    pub bytes: i64,
}

/// A row that was not taken, as it is kept.
#[derive(Clone, Debug)]
pub struct KeptRejected {
    /// The line of the file where it begins, from 1.
    pub line: i64,
    /// Why, in a sentence.
    pub reason: String,
    /// The same for programs, where this version knows it.
    pub cause: Option<RowCause>,
    /// How the row begins.
    pub beginning: String,
}

/// How rows are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The column, from 0.
    pub column: usize,
    /// Whether its fields are compared as numbers.
    pub is_number: bool,
    /// Whether the greatest come first; what is empty comes last either way.
    pub is_descending: bool,
}

/// The memory of datasets.
#[async_trait]
pub trait DatasetStore {
    /// The datasets of a person, the newest first.
    async fn datasets(&self, account_id: Uuid) -> Result<Vec<Dataset>, StoreError>;

    /// How many datasets a person has, with those that the person's waiting and running jobs will make.
    async fn datasets_to_be(&self, account_id: Uuid) -> Result<i64, StoreError>;

    /// A person's dataset.
    async fn dataset(&self, account_id: Uuid, id: Uuid) -> Result<Option<Dataset>, StoreError>;

    /// Rows in the order of the file, from the one after `offset` on.
    async fn rows(&self, key: i64, offset: i64, most: AtOnce) -> Result<Vec<Numbered>, StoreError>;

    /// Rows by their numbers, in the order of these; those behind the bound are left out.
    async fn rows_of(&self, key: i64, numbers: &[i64], most: AtOnce) -> Result<Vec<Numbered>, StoreError>;

    /// The numbers of rows in another order. It reads the whole dataset, so each person has one at a time and others of the same
    /// person wait; it stops when the future is dropped.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when its turn does not come.
    async fn sorted_numbers(
        &self,
        account_id: Uuid,
        key: i64,
        order: Order,
        offset: i64,
        most: i64,
    ) -> Result<Vec<i64>, StoreError>;

    /// Rows that were not taken, in the order of the file.
    async fn rejected_rows(&self, key: i64, offset: i64, most: i64) -> Result<Vec<KeptRejected>, StoreError>;

    /// Hides a dataset at once; its rows go by [`Self::sweep_rows`].
    async fn discard_dataset(&self, key: i64) -> Result<(), StoreError>;

    /// Deletes some rows of discarded datasets; says whether there may be more.
    async fn sweep_rows(&self) -> Result<bool, StoreError>;
}

/// How many rejected rows of a file are kept; the others are counted.
pub const MOST_REJECTED_KEPT: i64 = 10_000;
