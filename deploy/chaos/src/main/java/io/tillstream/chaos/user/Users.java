package io.tillstream.chaos.user;

import io.tillstream.chaos.client.Stripe;
import io.tillstream.chaos.plan.Operation;
import io.tillstream.chaos.plan.Step;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/** All buyers of a run and their operator: each does what a step says, and remembers what they were told to have. */
public final class Users {
    private static final String OPERATOR = "operator";
    private static final Set<Integer> BUSY = Set.of(0, 429, 503, 504); // too many looks at once: asked again
    private static final int LOOKS = 60;
    private static final long REST_MILLIS = 1_000;

    private final URI gateway;
    private final List<String> names;
    private final Map<String, String> tokens;
    private final List<Possessions> possessions = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();
    private final Purchases purchases;
    private final Repeats repeats;
    private final MoneyBack moneyBack;
    private final Accounts accounts = new Accounts();
    private final Subscribing subscribing;

    /**
     * They have nothing yet.
     *
     * @param names of buyers
     * @param tokens by name, of the operator too
     * @param atOnce runs what one user does at the same time
     */
    public Users(URI gateway, Stripe stripe, List<String> names, Map<String, String> tokens, Executor atOnce) {
        this.gateway = gateway;
        this.names = names;
        this.tokens = tokens;
        names.forEach(name -> possessions.add(new Possessions()));
        this.purchases = new Purchases(stripe, atOnce);
        this.repeats = new Repeats(atOnce);
        this.moneyBack = new MoneyBack(stripe);
        this.subscribing = new Subscribing(stripe);
    }

    /** Does a step, and tells it in one line. */
    public String act(Step step) {
        Trace trace = new Trace(step, names.get(step.user()));
        try {
            act(step, visitor(step.user(), trace));
        } catch (RuntimeException failure) {
            trace.fact("gave up: " + failure);
        }
        keep(trace);
        return trace.line();
    }

    /** What they saw that must not be. */
    public synchronized List<String> unexpected() {
        return List.copyOf(unexpected);
    }

    /** Whatever a user was told to have is there: orders and subscriptions. Adds to {@link #unexpected}. */
    public void lookForWhatWasTold() {
        for (int user = 0; user < names.size(); user++) {
            Trace trace = new Trace(new Step(-1, 0, Operation.LOOK, user, 0), names.get(user));
            Visitor visitor = visitor(user, trace);
            for (String order : possessions.get(user).orders()) {
                see(visitor, "/api/orders/" + order);
            }
            for (String subscription : possessions.get(user).subscriptions()) {
                see(visitor, "/api/subscriptions/" + subscription);
            }
            keep(trace);
        }
    }

    private static void see(Visitor visitor, String path) {
        int status = visitor.get(path).status();
        for (int i = 1; i < LOOKS && BUSY.contains(status); i++) {
            Pause.millis(REST_MILLIS);
            status = visitor.get(path).status();
        }
        if (status != 200) {
            visitor.trace().unexpected(path + " was told, and is now answered " + status);
        }
    }

    private void act(Step step, Visitor visitor) {
        switch (step.operation()) {
            case CARD -> purchases.card(step, visitor);
            case SAVED_CARD -> purchases.savedCard(step, visitor);
            case TOKEN -> purchases.token(step, visitor);
            case ELEMENT -> purchases.element(step, visitor);
            case CHECKOUT -> purchases.checkout(step, visitor);
            case TWO_PAGES -> purchases.twoPages(step, visitor);
            case AUTHENTICATION -> purchases.authentication(step, visitor);
            case DELAYED -> purchases.delayed(step, visitor);
            case PAY_AND_CANCEL -> purchases.payAndCancel(step, visitor);
            case PAY_TWICE -> purchases.payTwice(step, visitor);
            case CANCEL -> purchases.canceled(step, visitor);
            case HANG_UP -> repeats.hangUp(step, visitor);
            case SAME_KEY -> repeats.sameKey(step, visitor);
            case OTHER_BODY -> repeats.otherBody(step, visitor);
            case REFUND -> moneyBack.refund(step, visitor, operator(visitor));
            case DISPUTE -> moneyBack.dispute(step, visitor);
            case ADD_CARD -> accounts.add(step, visitor);
            case REGISTER -> accounts.register(step, visitor);
            case REMOVE_CARD -> accounts.remove(step, visitor);
            case SUBSCRIBE -> subscribing.subscribe(step, visitor);
            case SUBSCRIBE_ON_PAGE -> subscribing.onPage(step, visitor);
            case CHANGE_PLAN -> subscribing.change(step, visitor);
            case END_SUBSCRIPTION -> subscribing.end(step, visitor);
            case PAY_INVOICE -> subscribing.payInvoice(step, visitor);
            case TIME_PASSES -> subscribing.timePasses(step, visitor);
            case LOOK -> subscribing.look(step, visitor);
        }
    }

    private Visitor visitor(int user, Trace trace) {
        String name = names.get(user);
        return new Visitor(gateway, name, tokens.getOrDefault(name, ""), possessions.get(user), trace);
    }

    private Visitor operator(Visitor user) {
        String token = tokens.getOrDefault(OPERATOR, "");
        return new Visitor(gateway, OPERATOR, token, user.possessions(), user.trace());
    }

    private synchronized void keep(Trace trace) {
        unexpected.addAll(trace.unexpected());
    }
}
