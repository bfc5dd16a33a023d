package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.charge.Charges;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentmethod.Behavior;
import io.tillstream.simulator.paymentmethod.Decline;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of a PaymentIntent: each move of its status stands here, with the events that tell it. */
@Component
public class PaymentIntents {
    private static final Duration LATE_DEBIT = Duration.ofMinutes(3); // Stripe's "after at least three minutes"

    /** Failures of charges that are no error codes: an intent's last error has only those (its published type lists them). */
    private static final Set<String> OF_CHARGES_ONLY =
            Set.of("charge_exceeds_weekly_limit", "invalid_currency", "tokenized_account_number_deactivated");

    private static final Duration AUTHORIZATION = Duration.ofDays(7); // how long a card holds uncaptured money

    private final Timeline timeline;
    private final Events events;
    private final PaymentMethods methods;
    private final Charges charges;
    private final SimulatorSettings settings;
    private final PublicAddress address;
    private final Store intents;
    private final Work settlement;
    private final Work expiry;
    private Predicate<String> owned = id -> false;

    PaymentIntents(
            Timeline timeline,
            Events events,
            PaymentMethods methods,
            Charges charges,
            SimulatorSettings settings,
            PublicAddress address,
            Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.methods = methods;
        this.charges = charges;
        this.settings = settings;
        this.address = address;
        this.intents = stores.open("payment_intent", "pi", "customer");
        this.settlement = timeline.work(
                "payment_intent.settlement", with -> settle(with.get(0), with.size() > 1 ? with.get(1) : null));
        this.expiry = timeline.work("payment_intent.expiry", with -> expire(with.get(0)));
    }

    public Store store() {
        return intents;
    }

    void add(ObjectNode intent) {
        intents.add(intent);
        events.emit("payment_intent.created", intent);
    }

    /** Tries to take the money from its payment method. A refusal is thrown, after it was recorded and told. */
    public ObjectNode confirm(String id, Confirmation how) {
        ObjectNode intent = intents.get(id);
        ObjectNode method = methods.store().get(Json.textOf(intent, "payment_method"));
        Behavior behavior = methods.behavior(method);
        boolean ready = methods.isReadyForLater(Json.textOf(method, "id"));
        if (behavior == Behavior.AUTHENTICATION_BREAKS) {
            throw declined(id, method, behavior, Decline.PROCESSING_ERROR);
        }
        if (behavior.needsAuthentication(how.offSession(), ready)) {
            if (how.errorOnAction() || (how.offSession() && !how.patient())) {
                throw declined(id, method, behavior, Decline.AUTHENTICATION_REQUIRED);
            }
            return requireAction(id, how);
        }
        return take(id, method, behavior, false);
    }

    /** The buyer authenticated, or failed to. What comes of it shows in the intent; nothing is thrown. */
    public ObjectNode authenticate(String id, boolean success) {
        ObjectNode intent = intents.get(id);
        if (!Json.is(intent, "status", "requires_action") || BankTransfers.isAwaited(intent)) {
            return intent;
        }
        ObjectNode method = methods.store().get(Json.textOf(intent, "payment_method"));
        if (!success) {
            StripeError error = StripeError.of(
                    402,
                    "invalid_request_error",
                    Decline.AUTHENTICATION_FAILED.code(),
                    Decline.AUTHENTICATION_FAILED.message());
            fail(id, method, error, null);
            return intents.get(id);
        }
        try {
            return take(id, method, methods.behavior(method), true);
        } catch (StripeError declined) {
            return intents.get(id);
        }
    }

    private ObjectNode requireAction(String id, Confirmation how) {
        ObjectNode intent = intents.update(id, each -> {
                    each.put("status", "requires_action").putNull("last_payment_error");
                    each.set("next_action", NextActions.authentication(address.authentication(id), how.returnUrl()));
                })
                .object();
        events.emit("payment_intent.requires_action", intent);
        return intent;
    }

    private ObjectNode take(String id, ObjectNode method, Behavior behavior, boolean authenticated) {
        Decline decline = behavior.decline();
        if (decline != null) {
            throw declined(id, method, behavior, decline);
        }
        saveForLater(id, method);
        if (!Json.is(method, "type", "card")) {
            return process(id, methods.store().get(Json.textOf(method, "id")), behavior);
        }
        ObjectNode intent = intents.get(id);
        ObjectNode charge = charges.accepted(intent, method, behavior, authenticated);
        if (Json.is(intent, "capture_method", "manual")) {
            return holdForCapture(id, Json.textOf(charge, "id"));
        }
        return succeed(id, Json.textOf(charge, "id"), Json.number(charge, "amount"), behavior);
    }

    private void saveForLater(String id, ObjectNode method) {
        ObjectNode intent = intents.get(id);
        String methodId = Json.textOf(method, "id");
        String customer = Json.text(intent, "customer");
        if (Json.present(intent, "setup_future_usage")) {
            methods.markReadyForLater(methodId);
            if (customer != null) {
                methods.attach(methodId, customer);
            }
        } else if (!Json.present(method, "customer")) {
            methods.spend(methodId);
        }
    }

    private ObjectNode process(String id, ObjectNode method, Behavior behavior) {
        ObjectNode charge = charges.pending(intents.get(id), method, behavior);
        String chargeId = Json.textOf(charge, "id");
        ObjectNode intent = intents.update(id, each -> each.put("status", "processing")
                        .put("latest_charge", chargeId)
                        .putNull("next_action")
                        .putNull("last_payment_error"))
                .object();
        events.emit("payment_intent.processing", intent);
        if (behavior != Behavior.DEBIT_STAYS_PROCESSING) {
            String failure = methods.debitFailure(method);
            boolean late = behavior == Behavior.DEBIT_FAILS_LATE || behavior == Behavior.DEBIT_SUCCEEDS_LATE;
            timeline.in(
                    late ? LATE_DEBIT : settings.settleDelay(),
                    settlement,
                    failure == null ? new String[] {id} : new String[] {id, failure});
        }
        return intent;
    }

    /** A bank's late answer to a debit; {@code failure} is null for money. */
    @CanIgnoreReturnValue
    public ObjectNode settle(String id, @Nullable String failure) {
        ObjectNode intent = intents.get(id);
        if (!Json.is(intent, "status", "processing")) {
            return intent;
        }
        String charge = Json.textOf(intent, "latest_charge");
        ObjectNode method = methods.store().get(Json.textOf(intent, "payment_method"));
        if (failure == null) {
            Behavior behavior = methods.behavior(method);
            charges.pendingSucceeded(charge, behavior);
            return succeed(id, charge, Json.number(intent, "amount"), behavior);
        }
        String message = "The customer's bank account could not be debited (" + failure + ").";
        charges.pendingFailed(charge, failure, message);
        String code = OF_CHARGES_ONLY.contains(failure) ? "payment_intent_payment_attempt_failed" : failure;
        fail(id, method, StripeError.of(402, "invalid_request_error", code, message), charge);
        return intents.get(id);
    }

    @CanIgnoreReturnValue
    ObjectNode succeed(String id, String charge, long amount, Behavior behavior) {
        ObjectNode intent = intents.update(id, each -> each.put("status", "succeeded")
                        .put("amount_capturable", 0)
                        .put("amount_received", amount)
                        .put("latest_charge", charge)
                        .putNull("next_action")
                        .putNull("last_payment_error"))
                .object();
        events.emit("payment_intent.succeeded", intent);
        charges.succeeded(charge, behavior);
        return intent;
    }

    private ObjectNode holdForCapture(String id, String charge) {
        ObjectNode intent = intents.update(id, each -> {
                    each.put("status", "requires_capture").put("latest_charge", charge);
                    each.put("amount_capturable", Json.number(each, "amount"));
                    each.putNull("next_action").putNull("last_payment_error");
                })
                .object();
        events.emit("payment_intent.amount_capturable_updated", intent);
        timeline.in(AUTHORIZATION, expiry, id);
        return intent;
    }

    private void expire(String id) {
        intents.find(id)
                .filter(intent -> Json.is(intent, "status", "requires_capture"))
                .ifPresent(intent -> {
                    charges.release(Json.textOf(intent, "latest_charge"), "charge.expired");
                    markCanceled(id, "automatic");
                });
    }

    public ObjectNode capture(String id, long amount) {
        ObjectNode intent = intents.get(id);
        String charge = Json.textOf(intent, "latest_charge");
        ObjectNode method = methods.store().get(Json.textOf(intent, "payment_method"));
        Behavior behavior = methods.behavior(method);
        charges.capture(charge, amount, behavior);
        return succeed(id, charge, amount, behavior);
    }

    /** Intents of such ids are closed by what they belong to, not by themselves. */
    public void ownedBy(Predicate<String> owner) {
        owned = owned.or(owner);
    }

    boolean isOwned(String id) {
        return owned.test(id);
    }

    public ObjectNode cancel(String id, @Nullable String reason) {
        ObjectNode intent = intents.get(id);
        if (Json.is(intent, "status", "requires_capture")) {
            charges.release(Json.textOf(intent, "latest_charge"), "charge.refunded");
        }
        return markCanceled(id, reason);
    }

    @CanIgnoreReturnValue
    private ObjectNode markCanceled(String id, @Nullable String reason) {
        ObjectNode intent = intents.update(id, each -> each.put("status", "canceled")
                        .put("amount_capturable", 0)
                        .put("canceled_at", timeline.now())
                        .put("cancellation_reason", reason)
                        .putNull("next_action"))
                .object();
        events.emit("payment_intent.canceled", intent);
        return intent;
    }

    /** Changes what is not its status; Stripe tells nobody of that. */
    ObjectNode change(String id, Consumer<ObjectNode> change) {
        return intents.update(id, change).object();
    }

    private StripeError declined(String id, ObjectNode method, Behavior behavior, Decline decline) {
        ObjectNode charge = charges.declined(intents.get(id), method, behavior, decline);
        String chargeId = Json.textOf(charge, "id");
        StripeError error = decline.error().with("charge", chargeId);
        fail(id, method, error, chargeId);
        return error.with("payment_intent", intents.get(id)).leavingChanges();
    }

    private void fail(String id, ObjectNode method, StripeError error, @Nullable String charge) {
        error.with("payment_method", method);
        ObjectNode failed = intents.update(id, each -> {
                    each.put("status", "requires_payment_method")
                            .putNull("payment_method")
                            .putNull("next_action");
                    each.set("last_payment_error", error.error().deepCopy());
                    if (charge != null) {
                        each.put("latest_charge", charge);
                    }
                })
                .object();
        events.emit("payment_intent.payment_failed", failed);
    }
}
