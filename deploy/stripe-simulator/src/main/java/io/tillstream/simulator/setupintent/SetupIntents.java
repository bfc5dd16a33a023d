package io.tillstream.simulator.setupintent;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentintent.Confirmation;
import io.tillstream.simulator.paymentintent.NextActions;
import io.tillstream.simulator.paymentmethod.Behavior;
import io.tillstream.simulator.paymentmethod.Decline;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of a SetupIntent: each move of its status stands here, with the events that tell it. */
@Component
public class SetupIntents {
    private final Timeline timeline;
    private final Events events;
    private final PaymentMethods methods;
    private final PublicAddress address;
    private final Store setups;
    private final Store attempts;
    private Predicate<String> owned = id -> false;

    SetupIntents(Timeline timeline, Events events, PaymentMethods methods, PublicAddress address, Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.methods = methods;
        this.address = address;
        this.setups = stores.open("setup_intent", "seti", "customer");
        this.attempts = stores.open("setup_attempt", "setatt", "setup_intent");
    }

    public Store store() {
        return setups;
    }

    Query attempts(String setup) {
        return new Query(attempts).where("setup_intent", setup);
    }

    Store attemptStore() {
        return attempts;
    }

    void add(ObjectNode setup) {
        setups.add(setup);
        events.emit("setup_intent.created", setup);
    }

    /** Intents of such ids are closed by what they belong to, not by themselves. */
    public void ownedBy(Predicate<String> owner) {
        owned = owned.or(owner);
    }

    boolean isOwned(String id) {
        return owned.test(id);
    }

    /** Tries to set its payment method up. A refusal is thrown, after it was recorded and told. */
    public ObjectNode confirm(String id, Confirmation how) {
        ObjectNode setup = setups.get(id);
        ObjectNode method = methods.store().get(Json.textOf(setup, "payment_method"));
        Behavior behavior = methods.behavior(method);
        if (behavior == Behavior.AUTHENTICATION_BREAKS) {
            throw declined(id, method, Decline.PROCESSING_ERROR);
        }
        if (behavior.authenticatesOnSetup()) {
            String attempt = attempt(setup, "requires_action", null);
            ObjectNode waiting = setups.update(id, each -> {
                        each.put("status", "requires_action")
                                .put("latest_attempt", attempt)
                                .putNull("last_setup_error");
                        each.set(
                                "next_action", NextActions.authentication(address.authentication(id), how.returnUrl()));
                    })
                    .object();
            events.emit("setup_intent.requires_action", waiting);
            return waiting;
        }
        return finish(id, method, behavior);
    }

    /** The buyer authenticated, or failed to. What comes of it shows in the intent; nothing is thrown. */
    public ObjectNode authenticate(String id, boolean success) {
        ObjectNode setup = setups.get(id);
        if (!Json.is(setup, "status", "requires_action")) {
            return setup;
        }
        ObjectNode method = methods.store().get(Json.textOf(setup, "payment_method"));
        if (!success) {
            fail(
                    id,
                    method,
                    StripeError.of(
                            402,
                            "invalid_request_error",
                            "setup_intent_authentication_failure",
                            Decline.AUTHENTICATION_FAILED.message()));
            return setups.get(id);
        }
        try {
            return finish(id, method, methods.behavior(method));
        } catch (StripeError declined) {
            return setups.get(id);
        }
    }

    private ObjectNode finish(String id, ObjectNode method, Behavior behavior) {
        Decline decline = behavior.decline();
        if (decline != null && behavior.declinesOnAttach()) {
            throw declined(id, method, decline);
        }
        ObjectNode setup = setups.get(id);
        String methodId = Json.textOf(method, "id");
        String customer = Json.text(setup, "customer");
        if (Json.is(setup, "usage", "off_session")) {
            methods.markReadyForLater(methodId);
        }
        if (customer != null) {
            methods.attach(methodId, customer);
        }
        String attempt = attempt(setup, "succeeded", null);
        ObjectNode done = setups.update(id, each -> each.put("status", "succeeded")
                        .put("latest_attempt", attempt)
                        .putNull("next_action")
                        .putNull("last_setup_error"))
                .object();
        events.emit("setup_intent.succeeded", done);
        return done;
    }

    private StripeError declined(String id, ObjectNode method, Decline decline) {
        StripeError error = decline.error();
        fail(id, method, error);
        return error.with("setup_intent", setups.get(id)).leavingChanges();
    }

    private void fail(String id, ObjectNode method, StripeError error) {
        error.with("payment_method", method);
        String attempt = attempt(setups.get(id), "failed", error.error());
        ObjectNode failed = setups.update(id, each -> {
                    each.put("status", "requires_payment_method").put("latest_attempt", attempt);
                    each.putNull("payment_method").putNull("next_action");
                    each.set("last_setup_error", error.error().deepCopy());
                })
                .object();
        events.emit("setup_intent.setup_failed", failed);
    }

    private String attempt(ObjectNode setup, String status, @Nullable ObjectNode error) {
        String id = Ids.next("setatt");
        ObjectNode attempt =
                Json.object("setup_attempt", id).putNull("application").put("created", timeline.now());
        attempt.set("customer", setup.get("customer"));
        attempt.putNull("customer_account")
                .putNull("flow_directions")
                .put("livemode", false)
                .putNull("on_behalf_of");
        attempt.set("payment_method", setup.get("payment_method"));
        ObjectNode details = attempt.putObject("payment_method_details");
        details.set("card", cardOf(setup));
        details.put("type", "card");
        attempt.set("setup_error", error == null ? null : error.deepCopy());
        attempt.set("setup_intent", setup.get("id"));
        attempt.put("status", status).set("usage", setup.get("usage"));
        attempts.add(attempt);
        return id;
    }

    private ObjectNode cardOf(ObjectNode setup) {
        ObjectNode part = Json.object();
        JsonNode card =
                methods.store().get(Json.textOf(setup, "payment_method")).path("card");
        part.set("brand", card.path("brand"));
        part.set("checks", card.path("checks"));
        for (String same : new String[] {"country", "exp_month", "exp_year", "fingerprint", "funding", "last4"}) {
            part.set(same, card.path(same));
        }
        part.set("network", card.path("brand"));
        return part.putNull("three_d_secure").putNull("wallet");
    }

    ObjectNode cancel(String id, @Nullable String reason) {
        ObjectNode canceled = setups.update(id, each -> each.put("status", "canceled")
                        .put("cancellation_reason", reason)
                        .putNull("next_action"))
                .object();
        events.emit("setup_intent.canceled", canceled);
        return canceled;
    }

    ObjectNode change(String id, Consumer<ObjectNode> change) {
        return setups.update(id, change).object();
    }
}
