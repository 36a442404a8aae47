//! Build script of `generated`.

fn main() {}
