//! Puts overrides into the model, before anything is named.

use super::{Action, Override, Overrides, Part, Subject};
use crate::diagnostic::{Code, Diagnostic, Position};
use crate::model::{Access, Error, Field, Kind, List, Method, Model, ObjectId, Type, Witness, name_fields, variants};

/// Applies `overrides` in their order. Each leaves a diagnostic: at the page that it corrects, or, where it changed nothing,
/// at its own line.
pub(crate) fn apply(overrides: &Overrides, model: &mut Model) {
    for one in &overrides.list {
        let diagnostic = match change(one, model) {
            Ok(changed) => {
                let link = one.issue.as_ref().map_or(String::new(), |issue| format!(" ({issue})"));
                let by = format!("{}:{}", overrides.path, one.position.line);
                let message = format!("{} by {by}: {}{link}", changed.what, one.reason);
                let position = Position { line: changed.line, column: 1, at: 0 };
                Diagnostic { span: None, ..Diagnostic::new(Code::Overridden, position, message) }.on(&changed.page)
            }
            Err(why) => {
                let message = format!("this override changes nothing: {why}");
                Diagnostic::new(Code::StaleOverride, one.position, message).on(&overrides.path)
            }
        };
        model.diagnostics.push(diagnostic);
    }
}

/// What an override did, and to which line of which page.
struct Changed {
    what: String,
    page: String,
    line: u32,
}

fn change(one: &Override, model: &mut Model) -> Result<Changed, String> {
    match &one.subject {
        Subject::Method(name, api) => {
            let index = model.methods.iter().position(|method| method.name == *name && method.api == *api);
            let index =
                index.ok_or_else(|| format!("the docs have no method `{name}`; remove it, or mend the name"))?;
            match &one.part {
                Part::Itself => {
                    let Action::Rename(to) = &one.action else { return Err("it names no field".to_owned()) };
                    let taken = model.methods.iter().any(|method| method.name == *to && method.api == *api);
                    let method = &mut model.methods[index];
                    // It is named anew.
                    method.rust_path.clear();
                    rename("a method", taken, &mut method.name, to, (method.page.clone(), method.line))
                }
                Part::Error(code) => error(code, &one.action, &mut model.methods[index]),
                Part::Param(path) | Part::Field(path) => {
                    let at = (model.methods[index].page.clone(), model.methods[index].line);
                    let is_param = matches!(one.part, Part::Param(_));
                    let root = if is_param { Root::Params(index) } else { Root::Response(index) };
                    field(model, root, path, &one.action, at)
                }
            }
        }
        Subject::Event(name) => {
            let index = model.events.iter().position(|event| event.name == *name);
            let index = index.ok_or_else(|| format!("the docs have no event `{name}`; remove it, or mend the name"))?;
            match (&one.part, &one.action) {
                (Part::Field(path), action) => {
                    let at = (model.events[index].page.clone(), model.events[index].line);
                    field(model, Root::Payload(index), path, action, at)
                }
                (_, Action::Rename(to)) => {
                    let taken = model.events.iter().any(|event| event.name == *to);
                    let event = &mut model.events[index];
                    rename("an event", taken, &mut event.name, to, (event.page.clone(), event.line))
                }
                _ => Err("it names no field".to_owned()),
            }
        }
        Subject::Object(id) => {
            let object = model.objects.get(id);
            let object = object.ok_or_else(|| {
                format!(
                    "the docs have no structure `{id}`; remove it, or mend the id (`model` prints all under `objects`)"
                )
            })?;
            let at = (object.page.clone(), object.line);
            let Part::Field(path) = &one.part else { return Err("it names no field; write `field`".to_owned()) };
            field(model, Root::Object(id.clone()), path, &one.action, at)
        }
    }
}

/// Gives a method or an event, `what`, its new name; `taken` if another has it.
fn rename(what: &str, taken: bool, name: &mut String, to: &str, at: (String, u32)) -> Result<Changed, String> {
    if taken {
        return Err(format!("the docs have {what} `{to}` of their own; remove it"));
    }
    let old = std::mem::replace(name, to.to_owned());
    Ok(Changed { what: format!("`{old}` is renamed `{to}`"), page: at.0, line: at.1 })
}

/// A list of fields in the model.
#[derive(Clone)]
enum Root {
    Params(usize),
    Response(usize),
    Payload(usize),
    Object(ObjectId),
}

fn fields<'m>(model: &'m mut Model, root: &Root) -> Option<&'m mut Vec<Field>> {
    let list = match root {
        Root::Params(index) => model.methods.get_mut(*index).map(|method| &mut method.params),
        Root::Response(index) => model.methods.get_mut(*index).map(|method| &mut method.response),
        Root::Payload(index) => model.events.get_mut(*index).map(|event| &mut event.payload),
        Root::Object(id) => model.objects.get_mut(id).map(|object| &mut object.fields),
    };
    list.map(List::edit)
}

/// Follows `path` to the list that its last name stands in, and changes that field.
fn field(
    model: &mut Model,
    mut root: Root,
    path: &[String],
    action: &Action,
    at: (String, u32),
) -> Result<Changed, String> {
    let written = path.join(".");
    let (name, above) = path.split_last().ok_or("its path is empty")?;
    for part in above {
        let list = fields(model, &root).ok_or_else(|| format!("`{written}` leads nowhere"))?;
        let field = list.iter().find(|field| field.name == *part);
        let field = field.ok_or_else(|| format!("`{part}` of `{written}` is no field of the docs"))?;
        let id = field.ty.structure().ok_or_else(|| format!("`{part}` of `{written}` holds no structure"))?;
        root = Root::Object(id.clone());
    }
    if let Action::Retype(ty, _) | Action::AddField { ty, .. } = action {
        known(ty, model)?;
    }
    let list = fields(model, &root).ok_or_else(|| format!("`{written}` leads nowhere"))?;
    let index = list.iter().position(|field| field.name == *name);
    if let Action::AddField { ty, written: doc_type, required, description } = action {
        if index.is_some() {
            return Err(format!("the docs have `{written}` by now; remove it"));
        }
        let (page, line) = at;
        list.push(Field {
            name: name.clone(),
            rust_name: String::new(),
            required: *required,
            ty: ty.clone(),
            doc_type: doc_type.clone(),
            default: None,
            access: Access::ReadWrite,
            description: description.clone(),
            page: page.clone(),
            line,
            from: vec![Witness::Override],
        });
        name_fields(list);
        return Ok(Changed { what: format!("`{written}` is added"), page, line });
    }
    let index = index.ok_or_else(|| format!("the docs have no `{written}`; remove it, or mend the name"))?;
    let (page, line) = (list[index].page.clone(), list[index].line);
    let what = change_field(list, index, action, &written)?;
    name_fields(list);
    Ok(Changed { what, page, line })
}

fn change_field(list: &mut Vec<Field>, index: usize, action: &Action, written: &str) -> Result<String, String> {
    let mark = |field: &mut Field| {
        if !field.from.contains(&Witness::Override) {
            field.from.push(Witness::Override);
        }
    };
    match action {
        Action::Rename(to) => {
            if list[index].name == *to {
                return Err(format!("`{written}` has that name by now; remove it"));
            }
            let twin = list.iter().position(|field| field.name == *to);
            if let Some(twin) = twin {
                // The right name may be known from an example alone; from a table, the docs have caught up.
                if list[twin].from.iter().any(|witness| *witness != Witness::Example) {
                    return Err(format!("the docs have both `{written}` and `{to}`: drop one of them instead"));
                }
                let shown = list[twin].clone();
                let field = &mut list[index];
                if field.ty.kind == Kind::Any {
                    field.ty = shown.ty;
                }
                field.from.extend(shown.from);
            }
            to.clone_into(&mut list[index].name);
            mark(&mut list[index]);
            twin.map(|twin| list.remove(twin));
            Ok(format!("`{written}` is renamed `{to}`"))
        }
        Action::Retype(ty, text) => {
            let field = &mut list[index];
            let same = field.ty.kind == ty.kind && field.ty.wire == ty.wire && field.ty.nullable == ty.nullable;
            if same {
                return Err(format!("`{written}` is of that type by now; remove it"));
            }
            let what = format!("`{written}` is retyped from `{}` to `{text}`", field.ty.kind.name());
            field.ty = ty.clone();
            text.clone_into(&mut field.doc_type);
            mark(field);
            Ok(what)
        }
        Action::Drop => {
            list.remove(index);
            Ok(format!("`{written}` is dropped"))
        }
        Action::Require(required) => {
            let field = &mut list[index];
            let word = if *required { "required" } else { "optional" };
            if field.required == *required {
                return Err(format!("`{written}` is {word} by now; remove it"));
            }
            field.required = *required;
            mark(field);
            Ok(format!("`{written}` is made {word}"))
        }
        Action::AddValue { value, description } => {
            let field = &mut list[index];
            let Some(values) = values_of(&mut field.ty) else {
                return Err(format!("`{written}` is no enum; retype it instead"));
            };
            if values.iter().any(|own| own.value == *value) {
                return Err(format!("`{written}` has the value `{value}` by now; remove it"));
            }
            values.push(crate::model::EnumValue { value: value.clone(), description: description.clone() });
            mark(field);
            Ok(format!("`{written}` is given the value `{value}`"))
        }
        Action::AddField { .. } | Action::AddError { .. } => Err("it adds what is there".to_owned()),
    }
}

fn error(code: &str, action: &Action, method: &mut Method) -> Result<Changed, String> {
    let index = method.errors.iter().position(|error| error.code == code);
    let missing = || format!("the docs have no error `{code}`; remove it, or mend the code");
    let mut at = (method.page.clone(), method.line);
    if let Some(index) = index {
        let error = &method.errors[index];
        at = (if error.page.is_empty() { at.0 } else { error.page.clone() }, error.line);
    }
    let what = match action {
        Action::AddError { message, status, description } => {
            if index.is_some() {
                return Err(format!("the docs have the error `{code}` by now; remove it"));
            }
            method.errors.edit().push(Error {
                code: code.to_owned(),
                message: message.clone(),
                status: *status,
                description: description.clone(),
                page: at.0.clone(),
                line: at.1,
                ..Error::default()
            });
            format!("the error `{code}` is added")
        }
        Action::Rename(to) => {
            let index = index.ok_or_else(missing)?;
            if method.errors.iter().any(|error| error.code == *to) {
                return Err(format!("the docs have the error `{to}` by now; drop `{code}` instead"));
            }
            to.clone_into(&mut method.errors[index].code);
            format!("the error `{code}` is renamed `{to}`")
        }
        Action::Drop => {
            index.ok_or_else(missing)?;
            method.errors.edit().retain(|error| error.code != code);
            format!("the error `{code}` is dropped")
        }
        _ => return Err("it does not go with an error".to_owned()),
    };
    name(&mut method.errors);
    Ok(Changed { what, page: at.0, line: at.1 })
}

/// Names the errors anew: a name depends on its neighbours.
fn name(errors: &mut [Error]) {
    let variants = variants(errors);
    for (error, variant) in errors.iter_mut().zip(variants) {
        error.variant = variant;
    }
}

fn values_of(ty: &mut Type) -> Option<&mut Vec<crate::model::EnumValue>> {
    match &mut ty.kind {
        Kind::Enum(values) => Some(values),
        Kind::Array(inner) | Kind::Map(inner) => values_of(inner),
        Kind::Union(types) => types.iter_mut().find_map(values_of),
        _ => None,
    }
}

/// Whether the structures that a type names are there.
fn known(ty: &Type, model: &Model) -> Result<(), String> {
    match &ty.kind {
        Kind::Object(id) if !model.objects.contains_key(id) => {
            Err(format!("the docs have no structure `{id}` (`model` prints all under `objects`)"))
        }
        Kind::Array(inner) | Kind::Map(inner) => known(inner, model),
        Kind::Union(types) => types.iter().try_for_each(|ty| known(ty, model)),
        _ => Ok(()),
    }
}
