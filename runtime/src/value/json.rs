//! What the types have in common that are a view on JSON.

/// Makes a newtype over [`Any`](super::Any) a slot that takes anything and counts as typed. What else it holds is `$more`
/// where it is made of JSON.
macro_rules! json_view {
    ($ty:ident $(, $more:expr)?) => {
        impl $ty {
            /// As it travels.
            pub fn as_json(&self) -> &$crate::Any {
                &self.0
            }
        }

        impl From<$crate::Any> for $ty {
            fn from(value: $crate::Any) -> Self {
                $ty(value $(, $more)?)
            }
        }

        impl From<$ty> for $crate::Any {
            fn from(value: $ty) -> Self {
                value.0
            }
        }

        impl $crate::wire::Slot for $ty {
            fn put(&mut self, tok: &$crate::wire::Tok<'_>) -> Result<$crate::wire::Then<'_>, $crate::wire::Wanted> {
                self.0.put(tok)
            }

            fn frag(&self) -> $crate::wire::Frag<'_> {
                $crate::wire::Frag::Json(&self.0)
            }

            fn blank() -> Self {
                $ty($crate::Any::Null $(, $more)?)
            }

            fn absent(tok: &$crate::wire::Tok<'_>) -> bool {
                matches!(tok, $crate::wire::Tok::Null)
            }

            fn takes(_: &$crate::wire::Tok<'_>) -> bool {
                true
            }
        }

        $crate::__serde!($ty);
    };
}

pub(crate) use json_view;
