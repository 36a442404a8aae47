//! Shapes: what the type declarations in example code say about data, whatever their language.

use indexmap::IndexMap;
use serde_json::Value;

use super::MAX_DEPTH;

/// The most shapes that resolving one shape makes: types that name each other twice grow without bound.
const MAX_RESOLVED: u32 = 20_000;

/// The shape of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Members by name; `open` where further names are declared to be possible.
    Object {
        /// The members, in order.
        members: Vec<Member>,
        /// Whether there may be others.
        open: bool,
    },
    /// A list, or a tuple, whose items are of this shape.
    Array(Box<Shape>),
    /// An object whose keys are data.
    Map(Box<Shape>),
    /// A basic type.
    Scalar(Scalar),
    /// Exactly this value.
    Literal(Value),
    /// This shape, or `null`.
    Nullable(Box<Shape>),
    /// A type by its name, declared elsewhere or not at all.
    Named(String),
    /// One of these.
    Union(Vec<Shape>),
    /// Not known.
    Any,
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// As it travels.
    pub name: String,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its shape.
    pub shape: Shape,
}

/// Basic types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    String,
    /// A number; the language does not tell of which kind.
    Number,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A point in time.
    DateTime,
}

/// The types that a piece of code declares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Types(pub IndexMap<String, Shape>);

impl Types {
    /// `shape` with the names in it replaced by what they stand for. A name within its own type stays.
    pub fn resolve(&self, shape: &Shape) -> Shape {
        let mut resolver = Resolver { types: self, within: Vec::new(), left: MAX_RESOLVED };
        resolver.resolve(shape)
    }
}

struct Resolver<'a> {
    types: &'a Types,
    within: Vec<&'a str>,
    left: u32,
}

impl Resolver<'_> {
    fn resolve(&mut self, shape: &Shape) -> Shape {
        self.left = self.left.saturating_sub(1);
        match shape {
            Shape::Object { members, open } => Shape::Object {
                members: members
                    .iter()
                    .map(|member| Member { shape: self.resolve(&member.shape), ..member.clone() })
                    .collect(),
                open: *open,
            },
            Shape::Array(item) => Shape::Array(Box::new(self.resolve(item))),
            Shape::Map(value) => Shape::Map(Box::new(self.resolve(value))),
            Shape::Nullable(inner) => nullable(self.resolve(inner)),
            Shape::Union(shapes) => union(shapes.iter().map(|shape| self.resolve(shape)).collect()),
            Shape::Named(name) => self.named(name).unwrap_or_else(|| shape.clone()),
            Shape::Scalar(_) | Shape::Literal(_) | Shape::Any => shape.clone(),
        }
    }

    fn named(&mut self, name: &str) -> Option<Shape> {
        let (name, shape) = self.types.0.get_key_value(name)?;
        let deep = self.within.len() >= MAX_DEPTH as usize;
        if self.left == 0 || deep || self.within.contains(&name.as_str()) {
            return None;
        }
        self.within.push(name);
        let resolved = self.resolve(shape);
        self.within.pop();
        Some(resolved)
    }
}

/// `shape` or `null`.
pub(super) fn nullable(shape: Shape) -> Shape {
    match shape {
        Shape::Nullable(_) | Shape::Any => shape,
        shape => Shape::Nullable(Box::new(shape)),
    }
}

/// One of `shapes`; nested unions become one, and `null` among them is told apart.
pub(super) fn union(shapes: Vec<Shape>) -> Shape {
    let mut flat: Vec<Shape> = Vec::new();
    let mut null = false;
    let mut todo = shapes;
    todo.reverse();
    while let Some(shape) = todo.pop() {
        match shape {
            Shape::Union(inner) => todo.extend(inner.into_iter().rev()),
            Shape::Nullable(inner) => {
                null = true;
                todo.push(*inner);
            }
            Shape::Literal(Value::Null) => null = true,
            shape if flat.contains(&shape) => {}
            shape => flat.push(shape),
        }
    }
    let shape = match flat.len() {
        0 => return Shape::Literal(Value::Null),
        1 => flat.remove(0),
        _ => Shape::Union(flat),
    };
    if null { nullable(shape) } else { shape }
}

/// Both of two objects' members; the later one's win.
pub(super) fn merge(first: Shape, second: Shape) -> Shape {
    match (first, second) {
        (Shape::Object { mut members, open }, Shape::Object { members: others, open: also }) => {
            for member in others {
                match members.iter_mut().find(|own| own.name == member.name) {
                    Some(own) => *own = member,
                    None => members.push(member),
                }
            }
            Shape::Object { members, open: open || also }
        }
        (Shape::Object { members, .. }, Shape::Map(_)) | (Shape::Map(_), Shape::Object { members, .. }) => {
            Shape::Object { members, open: true }
        }
        (Shape::Any, shape) | (shape, _) => shape,
    }
}
