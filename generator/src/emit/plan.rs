//! What is known of the whole model before the first token is written: where each structure stands and under which name,
//! who sends and who receives it, which modules need it, and where a box breaks a cycle.
//!
//! The plan is made of all methods, whatever modules are enabled, so that a type looks alike under every set of features.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Error,
    cycles::Cycles,
    ident::{self, Namespace},
    module::result,
    place::{ModulePath, SHARED},
    rust_type::query,
};
use crate::model::{Field, Inbound, InboundKind, Kind, Model, Object, Type};

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
    /// When it was first met: the order within its module.
    pub(super) order: usize,
    /// The field that holds it and the structure that holds the field, for structures that the docs do not describe.
    pub(super) origin: (&'m str, String),
    pub(super) sent: bool,
    pub(super) received: bool,
    /// The API modules whose methods or events reach it.
    pub(super) users: BTreeSet<String>,
}

/// The plan of one model.
#[derive(Debug)]
pub(super) struct Plan<'m> {
    pub(super) model: &'m Model,
    pub(super) objects: BTreeMap<&'m str, Placed<'m>>,
    /// The modules of `model.methods`, in their order.
    pub(super) methods: Vec<ModulePath>,
    /// The modules and type names of `model.events`, in their order.
    pub(super) events: Vec<(ModulePath, String)>,
    /// The same of `model.inbound`.
    pub(super) inbound: Vec<(ModulePath, String)>,
    cycles: Cycles<'m>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Sent,
    Received,
}

impl<'m> Plan<'m> {
    pub(super) fn new(model: &'m Model) -> Result<Self, Error> {
        let mut plan = Plan {
            model,
            objects: BTreeMap::new(),
            methods: Vec::new(),
            events: Vec::new(),
            inbound: Vec::new(),
            cycles: Cycles::new(model),
        };
        let mut seen = BTreeSet::new();
        for method in &model.methods {
            let module = ModulePath::parse(&method.rust_path, || format!("Rust path of method `{}`", method.name))?;
            let user = module.api_module().to_owned();
            let params = method.params.iter().filter(|param| query(method.api, param).is_none());
            plan.reach_all(params, &method.name, Side::Sent, &user, &mut seen)?;
            plan.reach_all(result(method), &method.name, Side::Received, &user, &mut seen)?;
            plan.methods.push(module);
        }
        for event in &model.events {
            let (module, name) =
                ModulePath::parse_type(&event.rust_path, || format!("Rust path of event `{}`", event.name))?;
            let user = module.api_module().to_owned();
            let payload = event.payload.iter().filter(|field| !field.name.eq_ignore_ascii_case("auth"));
            plan.reach_all(payload, &event.name, Side::Received, &user, &mut seen)?;
            plan.events.push((module, name));
        }
        for call in &model.inbound {
            let (module, name) =
                ModulePath::parse_type(&call.rust_path, || format!("Rust path of inbound call `{}`", call.name))?;
            let user = module.api_module().to_owned();
            let fields = received(call).iter().filter(|field| !field.name.eq_ignore_ascii_case("auth"));
            plan.reach_all(fields, &call.name, Side::Received, &user, &mut seen)?;
            plan.reach_all(&call.answer, &call.name, Side::Sent, &user, &mut seen)?;
            plan.inbound.push((module, name));
        }
        plan.name_objects();
        plan.check_places()?;
        Ok(plan)
    }

    /// Whether the field that holds structure `held` directly in structure `holder` needs a box.
    pub(super) fn boxed(&self, holder: &str, held: &str) -> bool {
        self.cycles.closes(holder, held)
    }

    /// Structures of `module`, in the order in which they were met.
    pub(super) fn objects_by_module(&self) -> BTreeMap<&ModulePath, Vec<&Placed<'m>>> {
        let mut modules: BTreeMap<&ModulePath, Vec<&Placed<'m>>> = BTreeMap::new();
        for placed in self.objects.values() {
            modules.entry(&placed.module).or_default().push(placed);
        }
        for objects in modules.values_mut() {
            objects.sort_by_key(|placed| placed.order);
        }
        modules
    }

    /// Marks everything that `fields` of `holder` lead to. A stack, not recursion: the docs decide the depth.
    fn reach_all(
        &mut self,
        fields: impl IntoIterator<Item = &'m Field, IntoIter: DoubleEndedIterator>,
        holder: &str,
        side: Side,
        user: &str,
        seen: &mut BTreeSet<(&'m str, Side, String)>,
    ) -> Result<(), Error> {
        let mut stack: Vec<(&'m str, &'m str, String)> = Vec::new();
        push_objects(fields, holder, &mut stack);
        while let Some((id, field, holder)) = stack.pop() {
            if !seen.insert((id, side, user.to_owned())) {
                continue;
            }
            let object = self.model.objects.get(id).ok_or_else(|| Error::UnknownObject {
                id: id.to_owned(),
                user: format!("field `{field}` of `{holder}`"),
            })?;
            if !self.objects.contains_key(id) {
                let (module, name) =
                    ModulePath::parse_type(&object.rust_path, || format!("Rust path of structure `{id}`"))?;
                let order = self.objects.len();
                let origin = (field, holder);
                let placed = Placed {
                    id,
                    object,
                    module,
                    name,
                    order,
                    origin,
                    sent: false,
                    received: false,
                    users: BTreeSet::new(),
                };
                self.objects.insert(id, placed);
            }
            if let Some(placed) = self.objects.get_mut(id) {
                placed.sent |= side == Side::Sent;
                placed.received |= side == Side::Received;
                placed.users.insert(user.to_owned());
                push_objects(&object.fields, &placed.name, &mut stack);
            }
        }
        Ok(())
    }

    /// Gives each structure a name that nothing else in its module has.
    fn name_objects(&mut self) {
        let mut namespaces: BTreeMap<ModulePath, Namespace> = BTreeMap::new();
        let mut children: BTreeMap<ModulePath, Vec<String>> = BTreeMap::new();
        for (module, name) in &self.events {
            children.entry(module.clone()).or_default().extend([name.clone(), EVENT.to_owned()]);
        }
        for (module, name) in &self.inbound {
            children.entry(module.clone()).or_default().extend([name.clone(), answer_name(name), PLACEMENT.to_owned()]);
        }
        let mut order: Vec<&'m str> = self.objects.keys().copied().collect();
        order.sort_by_key(|id| self.objects[id].order);
        for id in order {
            let Some(placed) = self.objects.get_mut(id) else { continue };
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
            if let Some(user) = placed.users.iter().find(|user| home != SHARED && *user != home) {
                return Err(Error::NotShared {
                    id: placed.id.to_owned(),
                    path: placed.object.rust_path.clone(),
                    user: user.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Pushes the structures that `fields` name, the first field's on top.
fn push_objects<'m>(
    fields: impl IntoIterator<Item = &'m Field, IntoIter: DoubleEndedIterator>,
    holder: &str,
    stack: &mut Vec<(&'m str, &'m str, String)>,
) {
    for field in fields.into_iter().rev() {
        visit_objects(&field.ty, &mut |id| stack.push((id, &field.name, holder.to_owned())));
    }
}

/// Calls `found` with each structure that `ty` names.
pub(super) fn visit_objects<'m>(ty: &'m Type, found: &mut impl FnMut(&'m str)) {
    match &ty.kind {
        Kind::Object(id) => found(id),
        Kind::Array(item) | Kind::Map(item) => visit_objects(item, found),
        Kind::Union(types) => types.iter().for_each(|ty| visit_objects(ty, found)),
        _ => {}
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
