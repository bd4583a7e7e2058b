//! Every preset against every row of the table of answers, and the answers of each kind of backend word for word.

mod table;
mod worded;
