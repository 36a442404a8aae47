//! What is known of the whole model before the first token is written: where each structure stands and under which name,
//! who sends and who receives it, which modules need it, and where a box breaks a cycle.
//!
//! The plan is made of all methods, whatever modules are enabled, so that a type looks alike under every set of features.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map::Entry};

use indexmap::IndexMap;

use super::{
    Error,
    cycles::Cycles,
    ident::{self, Namespace},
    module::result,
    place::{ModulePath, SHARED, api_module},
    rust_type::query,
};
use crate::model::{Field, Inbound, InboundKind, Model, Object};

/// Names in the way of which emitted code would no longer mean what it says.
pub(super) const RESERVED_TYPES: [&str; 9] =
    ["Request", "ErrorCode", "Box", "From", "Into", "Option", "Result", "String", "Vec"];

/// The enum over the events of a module, where it has some.
pub(super) const EVENT: &str = "Event";
/// The enum over the placements of a module.
pub(super) const PLACEMENT: &str = "Placement";

/// The type of what is answered to the webhook whose payload is `name`.
pub(crate) fn answer_name(name: &str) -> String {
    format!("{name}Answer")
}

/// The fields of an inbound call that are emitted: the runtime has the form around a placement's options.
pub(crate) fn received(call: &Inbound) -> &[Field] {
    match call.kind {
        InboundKind::Placement => &call.options,
        InboundKind::Webhook => &call.payload,
    }
}

/// A structure and its place.
#[derive(Debug, Hash)]
pub(super) struct Placed<'m> {
    pub(super) id: &'m str,
    pub(super) object: &'m Object,
    pub(super) module: ModulePath,
    pub(super) name: String,
    /// The field that holds it and the structure that holds the field, for structures that the docs do not describe.
    pub(super) origin: (&'m str, String),
    pub(super) sent: bool,
    pub(super) received: bool,
    /// The API modules whose methods or events reach it.
    pub(super) users: BTreeSet<&'m str>,
}

/// The plan of one model.
#[derive(Debug)]
pub(super) struct Plan<'m> {
    pub(super) model: &'m Model,
    /// By id, in the order in which they are met, which is that within their modules.
    pub(super) objects: IndexMap<&'m str, Placed<'m>>,
    /// The modules of `model.methods`, in their order.
    pub(super) methods: Vec<ModulePath>,
    /// The modules and type names of `model.events`, in their order.
    pub(super) events: Vec<(ModulePath, String)>,
    /// The same of `model.inbound`.
    pub(super) inbound: Vec<(ModulePath, String)>,
    cycles: Cycles<'m>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Side {
    Sent,
    Received,
}

impl<'m> Plan<'m> {
    pub(super) fn new(model: &'m Model) -> Result<Self, Error> {
        let mut reached = Reached::new(model);
        let (mut methods, mut events, mut inbound) = (Vec::new(), Vec::new(), Vec::new());
        for method in &model.methods {
            let module = ModulePath::parse(&method.rust_path, || format!("Rust path of method `{}`", method.name))?;
            let user = api_module(&method.rust_path);
            let params = method.params.iter().filter(|param| query(method.api, param).is_none());
            reached.all(params, &method.name, Side::Sent, user)?;
            reached.all(result(method), &method.name, Side::Received, user)?;
            methods.push(module);
        }
        for event in &model.events {
            let (module, name) =
                ModulePath::parse_type(&event.rust_path, || format!("Rust path of event `{}`", event.name))?;
            let payload = event.payload.iter().filter(|field| !field.name.eq_ignore_ascii_case("auth"));
            reached.all(payload, &event.name, Side::Received, api_module(&event.rust_path))?;
            events.push((module, name));
        }
        for call in &model.inbound {
            let (module, name) =
                ModulePath::parse_type(&call.rust_path, || format!("Rust path of inbound call `{}`", call.name))?;
            let fields = received(call).iter().filter(|field| !field.name.eq_ignore_ascii_case("auth"));
            let user = api_module(&call.rust_path);
            reached.all(fields, &call.name, Side::Received, user)?;
            reached.all(&call.answer, &call.name, Side::Sent, user)?;
            inbound.push((module, name));
        }
        let objects = reached.placed;
        let mut plan = Plan { model, objects, methods, events, inbound, cycles: Cycles::new(model) };
        plan.name_objects();
        plan.check_places()?;
        Ok(plan)
    }

    /// Whether the field that holds structure `held` directly in structure `holder` needs a box.
    pub(super) fn boxed(&self, holder: &str, held: &str) -> bool {
        self.cycles.closes(holder, held)
    }

    /// The pairs of which [`boxed`](Plan::boxed) is true with a holder in the API module `module`.
    pub(super) fn cycles_of(&self, module: &str) -> impl Iterator<Item = (&'m str, &'m str)> {
        let is_of =
            move |holder: &str| self.objects.get(holder).is_some_and(|placed| placed.module.api_module() == module);
        self.cycles.closing().filter(move |(holder, _)| is_of(holder))
    }

    /// Structures of `module`, in the order in which they were met.
    pub(super) fn objects_by_module(&self) -> BTreeMap<&ModulePath, Vec<&Placed<'m>>> {
        let mut modules: BTreeMap<&ModulePath, Vec<&Placed<'m>>> = BTreeMap::new();
        for placed in self.objects.values() {
            modules.entry(&placed.module).or_default().push(placed);
        }
        modules
    }

    /// Gives each structure a name that nothing else in its module has.
    fn name_objects(&mut self) {
        let mut namespaces: HashMap<ModulePath, Namespace> = HashMap::new();
        let mut children: HashMap<ModulePath, Vec<String>> = HashMap::new();
        for (module, name) in &self.events {
            children.entry(module.clone()).or_default().extend([name.clone(), EVENT.to_owned()]);
        }
        for (module, name) in &self.inbound {
            children.entry(module.clone()).or_default().extend([name.clone(), answer_name(name), PLACEMENT.to_owned()]);
        }
        for placed in self.objects.values_mut() {
            let namespace = namespaces.entry(placed.module.clone()).or_insert_with(|| {
                let named = children.remove(&placed.module).unwrap_or_default();
                Namespace::with(RESERVED_TYPES.iter().map(|name| (*name).to_owned()).chain(named))
            });
            placed.name = namespace.take([placed.name.clone(), format!("{}Object", placed.name)]);
        }
    }

    /// What another module uses must stand where every module can see it.
    fn check_places(&self) -> Result<(), Error> {
        for placed in self.objects.values() {
            let home = placed.module.api_module();
            if let Some(user) = placed.users.iter().find(|user| home != SHARED && **user != home) {
                return Err(Error::NotShared {
                    id: placed.id.to_owned(),
                    path: placed.object.rust_path.clone(),
                    user: (*user).to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// The structures that methods, events and other calls lead to, in the order in which they are met.
struct Reached<'m> {
    model: &'m Model,
    placed: IndexMap<&'m str, Placed<'m>>,
    /// Which module has sent or received which.
    seen: HashSet<(usize, Side, &'m str)>,
    /// The modules of structures, parsed.
    modules: HashMap<&'m str, ModulePath>,
}

/// What holds a field.
#[derive(Clone, Copy)]
enum Holder<'m> {
    /// A method, an event or another call, by its name.
    Subject(&'m str),
    /// A structure, by its place in [`Reached::placed`].
    Structure(usize),
}

/// A structure, and where it was met: the field that names it and what holds that.
type Met<'m> = (&'m str, &'m str, Holder<'m>);

impl<'m> Reached<'m> {
    fn new(model: &'m Model) -> Self {
        Reached { model, placed: IndexMap::new(), seen: HashSet::new(), modules: HashMap::new() }
    }

    /// Marks everything that `fields` of `subject` lead to. A stack, not recursion: the docs decide the depth.
    fn all(
        &mut self,
        fields: impl IntoIterator<Item = &'m Field, IntoIter: DoubleEndedIterator>,
        subject: &'m str,
        side: Side,
        user: &'m str,
    ) -> Result<(), Error> {
        let mut stack: Vec<Met<'m>> = Vec::new();
        push_objects(fields, Holder::Subject(subject), &mut stack);
        while let Some((id, field, holder)) = stack.pop() {
            let index = match self.placed.get_index_of(id) {
                Some(index) => index,
                None => self.place(id, field, holder)?,
            };
            if self.seen.insert((index, side, user)) {
                let placed = &mut self.placed[index];
                placed.sent |= side == Side::Sent;
                placed.received |= side == Side::Received;
                placed.users.insert(user);
                if !placed.object.fields.held().is_empty() {
                    push_objects(&placed.object.fields, Holder::Structure(index), &mut stack);
                }
            }
        }
        Ok(())
    }

    fn place(&mut self, id: &'m str, field: &'m str, holder: Holder<'m>) -> Result<usize, Error> {
        let holder = match holder {
            Holder::Subject(name) => name.to_owned(),
            Holder::Structure(index) => self.placed[index].name.clone(),
        };
        let object = self.model.objects.get(id).ok_or_else(|| Error::UnknownObject {
            id: id.to_owned(),
            user: format!("field `{field}` of `{holder}`"),
        })?;
        let what = || format!("Rust path of structure `{id}`");
        let (path, name) = ModulePath::split_type(&object.rust_path, what)?;
        let module = match self.modules.entry(path) {
            Entry::Occupied(module) => module.get().clone(),
            Entry::Vacant(place) => place.insert(ModulePath::parse(path, what)?).clone(),
        };
        let placed = Placed {
            id,
            object,
            module,
            name,
            origin: (field, holder),
            sent: false,
            received: false,
            users: BTreeSet::new(),
        };
        Ok(self.placed.insert_full(id, placed).0)
    }
}

/// Pushes the structures that `fields` name, the first field's on top.
fn push_objects<'m>(
    fields: impl IntoIterator<Item = &'m Field, IntoIter: DoubleEndedIterator>,
    holder: Holder<'m>,
    stack: &mut Vec<Met<'m>>,
) {
    for field in fields.into_iter().rev() {
        field.ty.structures(&mut |id| stack.push((id, &field.name, holder)));
    }
}

/// Rust names of `fields` for a structure in which `reserved` names are taken.
pub(super) fn field_names(
    fields: &[&Field],
    holder: &str,
    reserved: &[&str],
) -> Result<Vec<proc_macro2::Ident>, Error> {
    let mut taken: BTreeSet<String> = reserved.iter().map(|name| (*name).to_owned()).collect();
    let mut names = Vec::with_capacity(fields.len());
    for field in fields {
        let what = || format!("Rust name of field `{}` of {holder}", field.name);
        let name = ident::checked(&field.rust_name, what)?;
        let name = ident::free_field(name, |name| taken.contains(name));
        taken.insert(name.to_string().trim_start_matches("r#").to_owned());
        names.push(name);
    }
    Ok(names)
}
