//! Answers with their types back on.

use super::{call::Call, core::Answer};
use crate::{CallError, Method, Reply, error::Failure};

pub(crate) fn read<M: Method>(
    _call: &Call,
    answer: Result<Answer, Box<Failure>>,
) -> Result<Reply<M::Result>, CallError<M::Error>> {
    let _answer = answer.map_err(CallError::Failed)?;
    todo!()
}
