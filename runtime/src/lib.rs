//! What every Bitrix24 REST method shares: client, wire format, errors, limits, paging, batch.
