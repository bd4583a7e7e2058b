//! Owns the engine and does what it orders: the only place that knows both the engine and the browser.

mod events;
mod tickets;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    time::Duration,
};

use futures_channel::{
    mpsc::{UnboundedSender, unbounded},
    oneshot,
};
use perennial_dialect::config::Config;
use perennial_session::{
    Call, CallId, Deadline, Engine, Event, Few, Happened, Input, LockOrder, Message, Order, Output,
    RequestEvent, RequestId, Settings, Snapshot, SocketEvent, SocketId, SocketOrder, Status, Tabs,
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    backend::{Backend, Reply},
    platform::{
        activity,
        channel::{self, Channel},
        clock, console,
        entropy::Entropy,
        http::Abort,
        kept::Kept,
        lock::{self, Lock},
        names, panic, storage, timer, wake,
    },
};

use events::Events;

pub use events::Listening;
pub use tickets::{SocketPlace, SocketTicket, Ticket};

/// A handle on the one engine of this page.
#[derive(Clone)]
pub struct Driver(Rc<Inner>);

struct Inner {
    config: Config,
    backend: Backend,
    kept: Kept,
    engine: RefCell<Engine>,
    inbox: RefCell<VecDeque<Input>>,
    draining: Cell<bool>,
    timer: RefCell<Option<timer::Timer>>,
    lock: RefCell<Option<Lock>>,
    channel: RefCell<Option<Channel>>,
    calls: RefCell<Few<CallId, Abort>>,
    requests: RefCell<Few<RequestId, UnboundedSender<Order>>>,
    requests_made: Cell<u64>,
    sockets: RefCell<Few<SocketId, UnboundedSender<SocketOrder>>>,
    sockets_made: Cell<u64>,
    publish: Box<dyn Fn(Snapshot)>,
    events: Events,
    listeners: RefCell<Option<(activity::Listeners, wake::Listeners, storage::Listener)>>,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Driver").finish_non_exhaustive()
    }
}

impl Driver {
    /// Makes the engine, starts it with what the device remembers, and listens to the browser from then on.
    pub fn start(config: Config, entropy: Entropy, publish: impl Fn(Snapshot) + 'static) -> Self {
        let tabs = Tabs { has_lock: lock::is_available(), has_channel: channel::is_available() };
        let settings = Settings { tabs, ..config.settings() };
        let kept = Kept::new(settings.grant_store);
        let engine = Engine::new(settings, entropy, clock::read());
        let driver = Self(Rc::new(Inner {
            backend: Backend::new(config.dialect.clone()),
            config,
            kept,
            engine: RefCell::new(engine),
            inbox: RefCell::default(),
            draining: Cell::new(false),
            timer: RefCell::default(),
            lock: RefCell::default(),
            channel: RefCell::default(),
            calls: RefCell::default(),
            requests: RefCell::default(),
            requests_made: Cell::new(0),
            sockets: RefCell::default(),
            sockets_made: Cell::new(0),
            publish: Box::new(publish),
            events: Events::default(),
            listeners: RefCell::default(),
        }));
        driver.listen_to_browser();
        if tabs.has_channel {
            driver.join_channel();
        }
        if wake::is_offline() {
            driver.dispatch(Input::WentOffline);
        }
        driver.dispatch(Input::Start(storage::load_first()));
        driver
    }

    /// Hands a fact to the engine and does all it orders.
    ///
    /// Doing an order may bring the next fact at once; that one waits until the engine has been drained.
    pub fn dispatch(&self, input: Input) {
        self.dispatch_all([input]);
    }

    /// Hands facts that belong together to the engine, with nothing between them.
    fn dispatch_all(&self, inputs: impl IntoIterator<Item = Input>) {
        if panic::has_happened() {
            return;
        }
        self.0.inbox.borrow_mut().extend(inputs);
        if self.0.draining.replace(true) {
            return;
        }
        while let Some(input) = self.next_input() {
            {
                let mut engine = self.0.engine.borrow_mut();
                engine.recall(storage::load());
                // After the record, which is written before it.
                if let Some(kept) = self.0.kept.changed() {
                    engine.recall_grant(kept);
                }
                engine.handle_input(input, clock::read());
            }
            while let Some(output) = self.next_output() {
                self.obey(output);
            }
            let news = self.0.events.news(&self.0.engine.borrow());
            self.0.events.tell(news);
        }
        self.0.draining.set(false);
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The backend that this page speaks to.
    #[must_use]
    pub fn backend(&self) -> &Backend {
        &self.0.backend
    }

    /// Calls back with everything that happens to the session, in order, until the value is dropped.
    pub fn listen(&self, listener: impl Fn(Happened) + 'static) -> Listening {
        self.0.events.listen(listener)
    }

    /// What has happened so far, for those who could not listen yet.
    #[must_use]
    pub fn history(&self) -> Vec<Event> {
        self.0.engine.borrow().history().copied().collect()
    }

    /// Asks for a new token now, and says in the end whether one came.
    pub async fn refreshed_now(&self) -> bool {
        let (sender, outcome) = oneshot::channel();
        let sender = Cell::new(Some(sender));
        let listening = self.listen(move |happened| {
            let is_granted = matches!(happened, Happened::Refreshed { .. });
            let is_outcome = is_granted
                || matches!(
                    happened,
                    Happened::RefreshFailed { .. } | Happened::RefreshLater { .. } | Happened::SignedOut(_)
                );
            if is_outcome {
                // Only the first counts; whoever asked may have gone.
                sender.take().map_or(Ok(()), |sender| sender.send(is_granted)).unwrap_or(());
            }
        });
        self.dispatch(Input::RefreshNow);
        // Where nothing is under way the engine has other plans, and nothing will come of it.
        let is_under_way = self.0.engine.borrow().is_refreshing();
        let granted = is_under_way && outcome.await.unwrap_or(false);
        drop(listening);
        granted
    }

    /// Asks for a request to be let through the gate.
    #[must_use]
    pub fn request(&self, endpoint: String) -> Ticket {
        let number = self.0.requests_made.get() + 1;
        self.0.requests_made.set(number);
        let id = RequestId(number);
        let (sender, orders) = unbounded();
        self.0.requests.borrow_mut().insert(id, sender);
        let ticket = Ticket { id, orders, driver: self.clone() };
        ticket.report(RequestEvent::Asked { endpoint });
        ticket
    }

    /// Asks for live connections to something.
    #[must_use]
    pub fn socket(&self) -> SocketTicket {
        let number = self.0.sockets_made.get() + 1;
        self.0.sockets_made.set(number);
        let id = SocketId(number);
        let (sender, orders) = unbounded();
        self.0.sockets.borrow_mut().insert(id, sender);
        let place = SocketPlace { id, driver: self.clone() };
        place.report(SocketEvent::Asked);
        SocketTicket { orders, place }
    }

    /// Ends the session for the person at once. What is returned ends when the server has been told, or could not be, or
    /// is slow to say.
    pub fn sign_out(&self) -> impl Future<Output = ()> + 'static {
        let (sender, told) = oneshot::channel();
        let sender = Rc::new(Cell::new(Some(sender)));
        let tell = move || {
            // Only the first counts; whoever waited may have gone.
            sender.take().map_or(Ok(()), |sender| sender.send(())).unwrap_or(());
        };
        let patience = timer::after(PATIENCE, tell.clone());
        let listening = self.listen(move |happened| {
            if matches!(happened, Happened::SignOutTold | Happened::SignOutUntold(_)) {
                tell();
            }
        });
        self.dispatch(Input::SignOut);
        async move {
            // It is told once or not at all.
            told.await.unwrap_or(());
            drop((patience, listening));
        }
    }

    fn listen_to_browser(&self) {
        let driver = self.clone();
        let activity = activity::listen(move || driver.dispatch(Input::Activity));
        let driver = self.clone();
        let wake = wake::listen(move |sign| {
            driver.dispatch(match sign {
                wake::Sign::Woke(wake) => Input::Woke(wake),
                wake::Sign::WentOffline => Input::WentOffline,
                wake::Sign::Leaving => Input::Leaving,
                wake::Sign::Left => Input::Left,
            });
        });
        let driver = self.clone();
        let storage = storage::listen(move || driver.dispatch(Input::RecordChanged));
        *self.0.listeners.borrow_mut() = Some((activity, wake, storage));
    }

    fn join_channel(&self) {
        let driver = self.clone();
        *self.0.channel.borrow_mut() =
            channel::join(&tabs(), move |message| driver.dispatch(Input::Heard(message)));
    }

    fn next_input(&self) -> Option<Input> {
        self.0.inbox.borrow_mut().pop_front()
    }

    /// The next order; once there is none, the timer has been set.
    fn next_output(&self) -> Option<Output> {
        let output = self.0.engine.borrow_mut().poll_output();
        if let Output::Timeout(deadline) = output {
            self.wake_at(deadline);
            return None;
        }
        Some(output)
    }

    fn obey(&self, output: Output) {
        match output {
            Output::Send(call) => self.send(call),
            Output::Abort(call) => drop(self.0.calls.borrow_mut().remove(&call)),
            Output::Request(id, order) => self.pass_on(id, order),
            Output::Socket(id, order) => self.pass_on_to_socket(id, order),
            Output::Store(record) => warn(UNREMEMBERED, storage::store(record)),
            Output::Forget(ended) => warn(UNREMEMBERED, storage::store_ended(ended)),
            Output::Keep(grant) => warn(UNREMEMBERED, self.0.kept.keep(&grant)),
            Output::Discard => self.0.kept.discard(),
            Output::Broadcast(message) => self.broadcast(&message),
            Output::Lock(order) => self.lock(order),
            Output::Publish(snapshot) => {
                if matches!(snapshot.status, Status::SignedOut { .. }) {
                    // It names the person whose session is over.
                    drop(self.backend().take_id_token());
                }
                (self.0.publish)(*snapshot);
            }
            Output::Say(line) => console::say(line, self.0.config.dialect.words),
            Output::Timeout(deadline) => self.wake_at(deadline),
        }
    }

    fn send(&self, Call { id, kind }: Call) {
        // A browser without `AbortController` lets a call run on; its answer is dropped by the engine all the same.
        let abort = Abort::new().ok();
        let signal = abort.as_ref().map(Abort::signal);
        if let Some(abort) = abort {
            self.0.calls.borrow_mut().insert(id, abort);
        }
        let driver = self.clone();
        spawn_local(async move {
            let Reply { date, answer } = driver.backend().call(&kind, signal.as_ref()).await;
            drop(driver.0.calls.borrow_mut().remove(&id));
            let answered = Input::Answered { call: id, answer };
            driver.dispatch_all(date.map(Input::ServerDate).into_iter().chain([answered]));
        });
    }

    fn broadcast(&self, message: &Message) {
        if let Some(channel) = &*self.0.channel.borrow() {
            warn("Other tabs are not told", channel.send(message));
        }
    }

    fn lock(&self, order: LockOrder) {
        let lock = match order {
            LockOrder::Request => Some(self.ask_for_lock()),
            LockOrder::Release => None,
        };
        drop(self.0.lock.replace(lock));
    }

    fn ask_for_lock(&self) -> Lock {
        let driver = self.clone();
        lock::request(&tabs(), move |outcome| {
            if outcome == lock::Outcome::Refused {
                // As without any lock: nobody else gets it either, so nobody is in the way.
                console::warn("The browser refuses the lock between tabs; each refreshes on its own");
            }
            driver.dispatch(Input::LockGranted);
        })
    }

    fn pass_on(&self, id: RequestId, order: Order) {
        let requests = self.0.requests.borrow();
        if let Some(sender) = requests.get(&id) {
            // A closed channel means that the caller has gone; the ticket's drop has said so.
            drop(sender.unbounded_send(order));
        }
    }

    fn pass_on_to_socket(&self, id: SocketId, order: SocketOrder) {
        if let Some(sender) = self.0.sockets.borrow().get(&id) {
            // A closed channel means that nobody listens any more; the place's drop has said so.
            drop(sender.unbounded_send(order));
        }
    }

    fn wake_at(&self, deadline: Option<Deadline>) {
        let timer = deadline.map(|deadline| {
            let driver = self.clone();
            timer::after(deadline.after, move || driver.dispatch(Input::Timeout))
        });
        *self.0.timer.borrow_mut() = timer;
    }
}

fn warn(of: &str, outcome: Result<(), String>) {
    if let Err(why) = outcome {
        console::warn(&format!("{of}: {why}"));
    }
}

/// How long a person who signs out is kept from the provider's own page by a server that does not answer.
const PATIENCE: Duration = Duration::from_secs(3);

const UNREMEMBERED: &str = "The session is not remembered beyond this page";

/// What the tabs of this origin meet under: the lock and the channel.
fn tabs() -> String {
    names::of_session("session")
}
