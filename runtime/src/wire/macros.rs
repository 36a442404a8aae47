//! The tables that are written for each emitted type.

/// Makes a structure that answers carry (every field an `Option`) an [`Object`](crate::wire::Object), and gives it
/// `Clone`, `Default`, `Debug`, `PartialEq`, `Serialize` and `Deserialize` through its table.
///
/// Each line is index, wire name, field and the [`Field`](crate::wire::Field) marks: `yn`, `int`, `text`,
/// and `escaped` where the name has a quote, a backslash or a control character.
/// `open("UF_")` after the type's name says that further keys are documented, and how they begin; `""` is any key. The structure has a field `extra`.
#[macro_export]
macro_rules! object {
    ($ty:ident $($rest:tt)*) => {
        $crate::__table!(false $ty $($rest)*);
        impl ::core::default::Default for $ty {
            #[inline]
            fn default() -> Self {
                $crate::wire::Object::blank()
            }
        }
    };
}

/// Makes a structure that requests carry an [`Object`](crate::wire::Object), and gives it `with`, `Clone`, `Debug`,
/// `PartialEq`, `Serialize` and `Deserialize` through its table.
///
/// As [`object!`](crate::object), with one more mark: `required`, for fields that are no `Option`.
#[macro_export]
macro_rules! input {
    ($ty:ident $($rest:tt)*) => {
        $crate::__table!(true $ty $($rest)*);
        impl $ty {
            /// Adds a parameter that has no setter, or sends one that has with another value, such as `null`.
            #[inline]
            #[must_use]
            pub fn with(mut self, name: impl Into<String>, value: impl Into<$crate::Any>) -> Self {
                self.extra.set(name, value);
                self
            }
        }
    };
}

/// A [`Table`](crate::wire::Table).
#[doc(hidden)]
#[macro_export]
macro_rules! __fields {
    ($input:literal $ty:ident [$($prefix:literal),*] { $($name:literal $($mark:ident)*,)* }) => {
        $crate::wire::Table {
            name: stringify!($ty),
            open: &[$($prefix),*],
            input: $input,
            fields: &[$($crate::wire::Field {
                name: $name,
                key: concat!(",\"", $name, "\":"),
                marks: 0 $(| $crate::wire::mark::$mark)*,
            }),*],
        }
    };
}

/// The part that [`object!`] and [`input!`] share. Here the type may have a parameter, of the type of a field.
#[doc(hidden)]
#[macro_export]
macro_rules! __table {
    ($input:literal $ty:ident $(<$slot:ident>)? $(open ($($prefix:literal),*))? { $($index:literal $name:literal $field:ident $($mark:ident)*,)* }) => {
        impl$(<$slot: $crate::wire::Slot>)? $crate::wire::Object for $ty$(<$slot>)? {
            #[inline]
            fn table(&self) -> &'static $crate::wire::Table {
                &$crate::__fields!($input $ty [$($($prefix),*)?] { $($name $($mark)*,)* })
            }
            #[inline]
            fn at(&self, index: usize) -> &dyn $crate::wire::Slot {
                match index {
                    $($index => &self.$field,)*
                    _ => &self.extra,
                }
            }
            #[inline]
            fn at_mut(&mut self, index: usize) -> &mut dyn $crate::wire::Slot {
                match index {
                    $($index => &mut self.$field,)*
                    _ => &mut self.extra,
                }
            }
            #[inline]
            fn blank() -> Self {
                Self { $($field: $crate::wire::Slot::blank(),)* extra: $crate::Extra::new() }
            }
        }
        impl$(<$slot: $crate::wire::Slot + Clone>)? ::core::clone::Clone for $ty$(<$slot>)? {
            #[inline]
            fn clone(&self) -> Self {
                Self { $($field: self.$field.clone(),)* extra: self.extra.clone() }
            }
        }
        $crate::__std_traits!($ty$(<$slot>)?);
    };
}

/// The traits of `std` and `serde` that go through the table.
#[doc(hidden)]
#[macro_export]
macro_rules! __std_traits {
    ($ty:ident $(<$slot:ident>)?) => {
        impl$(<$slot: $crate::wire::Slot>)? ::core::fmt::Debug for $ty$(<$slot>)? {
            #[inline]
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::wire::debug(self, out)
            }
        }
        impl$(<$slot: $crate::wire::Slot>)? ::core::cmp::PartialEq for $ty$(<$slot>)? {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::wire::equal(self, other)
            }
        }
        $crate::__serde!($ty$(<$slot>)?);
    };
}

/// `Serialize` and `Deserialize` of a slot.
#[doc(hidden)]
#[macro_export]
macro_rules! __serde {
    ($ty:ident $(<$slot:ident>)?) => {
        impl$(<$slot: $crate::wire::Slot>)? $crate::__private::serde::Serialize for $ty$(<$slot>)? {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                $crate::wire::serialize(self, out)
            }
        }
        impl<'de$(, $slot: $crate::wire::Slot)?> $crate::__private::serde::Deserialize<'de> for $ty$(<$slot>)? {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                $crate::wire::deserialize(input)
            }
        }
    };
}

/// Makes an enum with a variant `Other(String)` a value that travels as one of a few texts, and gives it `as_str`,
/// `From<&str>`, `Clone`, `Display`, `Debug`, `PartialEq`, `Eq`, `Serialize` and `Deserialize`.
///
/// Whole numbers are written as text here (`"1" => Company`) and travel as numbers where the field's mark is `int`.
#[macro_export]
macro_rules! choice {
    ($ty:ident { $($text:literal $variant:ident,)* }) => {
        impl $ty {
            /// The value as it travels.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }
        impl ::core::convert::From<&str> for $ty {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }
        impl ::core::convert::From<$ty> for $crate::Any {
            #[inline]
            fn from(value: $ty) -> Self {
                value.as_str().into()
            }
        }
        impl $crate::wire::Slot for $ty {
            #[inline]
            fn put(&mut self, tok: &$crate::wire::Tok<'_>) -> Result<$crate::wire::Then<'_>, $crate::wire::Wanted> {
                $crate::wire::with_text(tok, |text| *self = Self::from(text))
            }
            #[inline]
            fn frag(&self) -> $crate::wire::Frag<'_> {
                $crate::wire::Frag::Str(self.as_str())
            }
            #[inline]
            fn blank() -> Self {
                Self::Other(String::new())
            }
            #[inline]
            fn absent(tok: &$crate::wire::Tok<'_>) -> bool {
                $crate::wire::no_text(tok)
            }
            #[inline]
            fn takes(tok: &$crate::wire::Tok<'_>) -> bool {
                matches!(tok, $crate::wire::Tok::Str(_) | $crate::wire::Tok::Int(_))
            }
        }
        impl ::core::clone::Clone for $ty {
            #[inline]
            fn clone(&self) -> Self {
                match self {
                    $(Self::$variant => Self::$variant,)*
                    Self::Other(text) => Self::Other(text.clone()),
                }
            }
        }
        impl ::core::fmt::Display for $ty {
            #[inline]
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                out.write_str(self.as_str())
            }
        }
        impl ::core::cmp::Eq for $ty {}
        $crate::__std_traits!($ty);
    };
}

/// Gives an enum without data the rows of the docs' error table, one a variant and in the variants' order.
///
/// A row is variant, code, then in this order what the docs state: `en "…"`, `ru "…"` (messages), `status 404`,
/// `field "…"`.
#[macro_export]
macro_rules! error_code {
    ($ty:ident { $($variant:ident $code:literal $($key:ident $value:literal)*,)* }) => {
        impl $crate::ErrorCode for $ty {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            #[inline]
            #[allow(clippy::needless_update, reason = "some rows state everything")]
            fn rows() -> &'static [$crate::ErrorRow] {
                &[$($crate::ErrorRow { code: $code, $($key: Some($value),)* ..$crate::ErrorRow::BLANK }),*]
            }
        }
        impl ::core::cmp::Eq for $ty {}
        impl ::core::fmt::Debug for $ty {
            #[inline]
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                out.write_str([$(stringify!($variant)),*][*self as usize])
            }
        }
        impl ::core::fmt::Display for $ty {
            #[inline]
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt($crate::ErrorCode::row(*self), out)
            }
        }
    };
}
