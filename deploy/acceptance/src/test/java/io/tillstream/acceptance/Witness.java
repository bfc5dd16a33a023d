package io.tillstream.acceptance;

import io.tillstream.acceptance.Databases.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Collects the evidence of a run: Stripe's lists and journals, the databases, the topics. */
final class Witness {

    private static final List<String> OWN_TOPICS = List.of(Topic.ORDERS, Topic.PAYMENTS, Topic.SUBSCRIPTIONS);

    private static final Pattern FOLLOWED_BY_ORDERS = Pattern.compile(
            "com\\.stripe\\.(payment_intent\\.(succeeded|processing|requires_action|payment_failed|canceled)"
                    + "|checkout\\.session\\..+|charge\\.(refunded|refund\\.updated|dispute\\..+)|refund\\..+)");

    private static final Pattern FOLLOWED_BY_PAYMENTS = Pattern.compile(
            "com\\.stripe\\.(payment_intent\\.(created|succeeded|processing|requires_action|payment_failed|canceled"
                    + "|amount_capturable_updated)|payment_method\\..+|setup_intent\\.(succeeded|setup_failed)"
                    + "|mandate\\.updated|checkout\\.session\\..+|charge\\..+|refund\\..+"
                    + "|radar\\.early_fraud_warning\\..+|customer\\.(created|updated|deleted))");

    private static final Pattern FOLLOWED_BY_SUBSCRIPTIONS =
            Pattern.compile("com\\.stripe\\.(product\\..+|price\\..+|customer\\.(subscription\\..+|deleted)"
                    + "|subscription_schedule\\..+|checkout\\.session\\..+"
                    + "|invoice\\.(upcoming|created|finalized|finalization_failed|paid|payment_succeeded|payment_failed"
                    + "|payment_action_required|updated|voided|marked_uncollectible|overdue)"
                    + "|charge\\.(dispute\\..+|refund\\.updated)|refund\\..+|radar\\.early_fraud_warning\\..+"
                    + "|credit_note\\..+|payment_method\\..+|entitlements\\.active_entitlement_summary\\.updated)");

    private Witness() {}

    static Evidence evidence(Set<String> poison) {
        List<JsonNode> attempts = Journals.deliveries();
        List<Topic.Message> stripe = Topic.read(Topic.STRIPE);
        Set<String> happened = new HashSet<>();
        stripe.forEach(message -> happened.add(message.header("ce_id")));
        Simulator.all("/v1/events")
                .forEach(event -> happened.add(event.path("id").asString()));
        return new Evidence(
                Simulator.all("/v1/payment_intents").stream()
                        .filter(intent -> intent.path("customer").isString()) // all of ours have one
                        .map(Witness::intent)
                        .toList(),
                Simulator.all("/v1/refunds").stream().map(Witness::refund).toList(),
                Journals.requests().stream()
                        .filter(Witness::hasEffect)
                        .map(Witness::effect)
                        .toList(),
                happened,
                attempts.stream()
                        .filter(attempt -> attempt.path("status").asInt() / 100 == 2)
                        .map(attempt -> attempt.path("event").asString())
                        .collect(Collectors.toSet()),
                orders(),
                payments(),
                refunds(),
                moves(),
                outbox(),
                told(),
                cutOff(),
                stripe.stream()
                        .filter(message -> !message.json().path("livemode").asBoolean())
                        .map(message -> message.header("ce_id"))
                        .collect(Collectors.toSet()),
                Map.of(
                        "order-service",
                        handledBy(Databases.ORDERS, stripe, FOLLOWED_BY_ORDERS),
                        "payment-service",
                        handledBy(Databases.PAYMENTS, stripe, FOLLOWED_BY_PAYMENTS),
                        "subscription-service",
                        handledBy(Databases.SUBSCRIPTIONS, stripe, FOLLOWED_BY_SUBSCRIPTIONS)),
                deadLetters(),
                poison);
    }

    private static Evidence.Intent intent(JsonNode intent) {
        return new Evidence.Intent(
                intent.path("id").asString(),
                intent.path("status").asString(),
                intent.path("amount_received").asLong(),
                intent.path("currency").asString(),
                intent.at("/metadata/order_id").asString(""),
                intent.at("/metadata/attempt_id").asString(""));
    }

    private static Evidence.StripeRefund refund(JsonNode refund) {
        return new Evidence.StripeRefund(
                refund.path("id").asString(),
                refund.path("payment_intent").asString(""),
                refund.path("amount").asLong(),
                refund.path("status").asString(""));
    }

    private static boolean hasEffect(JsonNode request) {
        return !request.path("idempotency_key").isNull()
                && !request.path("object_id").isNull()
                && request.path("method").asString().equals("POST");
    }

    private static Evidence.Effect effect(JsonNode request) {
        return new Evidence.Effect(
                request.path("idempotency_key").asString(),
                request.path("object_id").asString());
    }

    private static List<Evidence.Order> orders() {
        return Databases.rows(Databases.ORDERS, "select id, status, amount, currency, version from orders").stream()
                .map(row -> new Evidence.Order(
                        row.text("id"), row.text("status"), row.number("amount"), row.text("currency"), (int)
                                row.number("version")))
                .toList();
    }

    private static List<Evidence.Payment> payments() {
        return Databases.rows(Databases.PAYMENTS, "select * from payments").stream()
                .map(row -> new Evidence.Payment(
                        row.text("id"),
                        row.text("status"),
                        row.text("stripe_intent_id"),
                        row.number("amount"),
                        row.text("currency")))
                .toList();
    }

    private static List<Evidence.LocalRefund> refunds() {
        return Databases.rows(Databases.PAYMENTS, "select * from refunds where stripe_refund_id is not null").stream()
                .map(row -> new Evidence.LocalRefund(
                        row.text("stripe_refund_id"), row.number("amount"), row.text("status")))
                .toList();
    }

    private static List<Evidence.Move> moves() {
        List<Evidence.Move> moves = new ArrayList<>();
        for (Row row : Databases.rows(Databases.ORDERS, "select * from order_history")) {
            moves.add(move("order", row, "order_id", row.text("cause_id")));
        }
        for (Row row : Databases.rows(Databases.PAYMENTS, "select * from payment_history")) {
            moves.add(move("payment", row, "payment_id", row.text("cause").replaceFirst("^event:", "")));
        }
        return moves;
    }

    private static Evidence.Move move(String of, Row row, String idColumn, String cause) {
        return new Evidence.Move(
                of,
                row.text(idColumn),
                (int) row.number("version"),
                row.text("from_status"),
                row.text("to_status"),
                cause);
    }

    private static List<Evidence.Outgoing> outbox() {
        List<Evidence.Outgoing> outgoing = new ArrayList<>();
        for (String database : Databases.ALL) {
            Databases.rows(database, "select id, type, aggregate_id, seq from outbox")
                    .forEach(row -> outgoing.add(new Evidence.Outgoing(
                            row.text("id"), row.text("type"), row.text("aggregate_id"), row.number("seq"))));
        }
        return outgoing;
    }

    private static Set<String> cutOff() {
        return OWN_TOPICS.stream()
                .flatMap(topic -> Topic.read(topic).stream())
                .filter(message -> Outages.cutOff(message.topic(), message.sent()))
                .map(message -> message.header("ce_id"))
                .collect(Collectors.toSet());
    }

    private static List<Evidence.Told> told() {
        List<Evidence.Told> told = new ArrayList<>();
        for (String topic : OWN_TOPICS) {
            Topic.read(topic)
                    .forEach(message -> told.add(new Evidence.Told(
                            topic,
                            message.header("ce_id"),
                            message.type(),
                            message.key(),
                            message.partition(),
                            message.offset())));
        }
        return told;
    }

    /** What is in its inbox or parked, and what is none of its concern: that is dropped by its type, and leaves no row. */
    private static Set<String> handledBy(String database, List<Topic.Message> stripe, Pattern followed) {
        Set<String> handled = stripe.stream()
                .filter(message -> !followed.matcher(message.type()).matches())
                .map(message -> message.header("ce_id"))
                .collect(Collectors.toSet());
        Databases.rows(database, "select event_id from inbox union select event_id from parked_events")
                .forEach(row -> handled.add(row.text("event_id")));
        return handled;
    }

    private static Set<String> deadLetters() {
        Map<String, Topic.Message> letters = new HashMap<>();
        Topic.names().stream()
                .filter(name -> name.endsWith(".dlt"))
                .flatMap(name -> Topic.read(name).stream())
                .filter(letter -> !letter.header("ce_id").startsWith(Topic.PLANTED))
                .forEach(letter -> letters.put(letter.header("ce_id"), letter));
        return letters.keySet();
    }
}
