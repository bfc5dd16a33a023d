package io.tillstream.chaos.check.observation;

import io.tillstream.chaos.check.observation.EventRecords.DeadLetter;
import io.tillstream.chaos.check.observation.EventRecords.OutboxEntry;
import io.tillstream.chaos.check.observation.EventRecords.Published;
import io.tillstream.chaos.check.observation.EventRecords.StripeRecord;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.StripeObjects.CreditNote;
import io.tillstream.chaos.check.observation.StripeObjects.Delivery;
import io.tillstream.chaos.check.observation.StripeObjects.Dispute;
import io.tillstream.chaos.check.observation.StripeObjects.Intent;
import io.tillstream.chaos.check.observation.StripeObjects.Invoice;
import io.tillstream.chaos.check.observation.StripeObjects.InvoicePayment;
import io.tillstream.chaos.check.observation.StripeObjects.Page;
import io.tillstream.chaos.check.observation.StripeObjects.Refund;
import io.tillstream.chaos.check.observation.StripeObjects.Request;
import io.tillstream.chaos.check.observation.StripeObjects.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * All that can be seen of a run. Each list is read at its first use and then kept, so that all invariants judge the same; what
 * Stripe says is read from Stripe, never from a service's answer.
 */
public final class Observation {

    /** Before each key of ours at Stripe. */
    private static final String OUR_KEY = "v1:";

    private static final String STRIPE_EVENTS = "stripe.events";

    private final StripeApi stripe;
    private final Map<Service, ServiceDatabase> databases;
    private final Topics topics;
    private final Expectations expected;
    private final Map<String, List<?>> lists = new HashMap<>();

    public Observation(
            StripeApi stripe, Map<Service, ServiceDatabase> databases, Topics topics, Expectations expected) {
        this.stripe = stripe;
        this.databases = databases;
        this.topics = topics;
        this.expected = expected;
    }

    public Expectations expected() {
        return expected;
    }

    public StripeApi stripe() {
        return stripe;
    }

    public Topics topics() {
        return topics;
    }

    public ServiceDatabase database(Service service) {
        return Objects.requireNonNull(databases.get(service), service::database);
    }

    public List<Row> rows(Service service, String sql) {
        return database(service).rows(sql);
    }

    public List<Intent> intents() {
        return once("intents", () -> stripe.list("/v1/payment_intents", Intent::of));
    }

    /** Those that our services asked for, or that say they pay an order of one of our customers. */
    public List<Intent> orderIntents() {
        return once("order intents", () -> {
            Set<String> made = requests().stream()
                    .filter(request -> request.path().equals("/v1/payment_intents")
                            && request.key().startsWith(OUR_KEY))
                    .map(Request::object)
                    .collect(Collectors.toSet());
            return intents().stream()
                    .filter(intent -> made.contains(intent.id())
                            || (!intent.order().isEmpty() && !intent.customer().isEmpty()))
                    .toList();
        });
    }

    /** On which somebody can still pay. */
    public List<Page> openPages() {
        return once("open pages", () -> stripe.list("/v1/checkout/sessions?status=open", Page::of)).stream()
                .filter(Page::isOpen)
                .toList();
    }

    public List<Refund> refunds() {
        return once("refunds", () -> stripe.list("/v1/refunds", Refund::of));
    }

    /** What was given back, or is about to be, by intent. */
    public Map<String, Long> givenBack() {
        return refunds().stream()
                .filter(Refund::givesBack)
                .collect(Collectors.groupingBy(Refund::intent, Collectors.summingLong(Refund::amount)));
    }

    /** Intents whose money a bank has or holds: nobody can give it back. */
    public Set<String> disputedIntents() {
        return once("disputes", () -> stripe.list("/v1/disputes", Dispute::of)).stream()
                .filter(Dispute::forbidsRefund)
                .map(Dispute::intent)
                .collect(Collectors.toSet());
    }

    public List<Subscription> subscriptions() {
        return once("subscriptions", () -> stripe.list("/v1/subscriptions?status=all", Subscription::of));
    }

    public List<Invoice> invoices() {
        return once("invoices", () -> stripe.list("/v1/invoices", Invoice::of));
    }

    public List<CreditNote> creditNotes() {
        return once("credit notes", () -> stripe.list("/v1/credit_notes", CreditNote::of));
    }

    public List<InvoicePayment> invoicePayments() {
        return once("invoice payments", () -> stripe.list("/v1/invoice_payments", InvoicePayment::of));
    }

    /** Requests that were made of Stripe, oldest first: as many as its journal keeps. */
    public List<Request> requests() {
        return once("requests", () -> stripe.journal("/journal", "requests", Request::of));
    }

    /** Attempts to deliver an event to us. */
    public List<Delivery> deliveries() {
        String ours = expected.webhookEndpoint();
        return once("deliveries", () -> stripe.journal("/deliveries", "deliveries", Delivery::of).stream()
                .filter(attempt -> ours == null || attempt.endpoint().equals(ours))
                .toList());
    }

    /** Ids of events that happened: at Stripe, or signed by it and taken in. */
    public Set<String> events() {
        Set<String> all = new HashSet<>(once(
                "events",
                () -> stripe.list("/v1/events", event -> event.path("id").asText())));
        stripeRecords().forEach(record -> all.add(record.id()));
        return all;
    }

    /** All on {@code stripe.events}, in each partition in its order. */
    public List<StripeRecord> stripeRecords() {
        return once("stripe records", () -> {
            List<StripeRecord> records = new ArrayList<>();
            topics.read(STRIPE_EVENTS, message -> records.add(StripeRecord.of(message)));
            return records;
        });
    }

    /** All domain events on Kafka, in each partition in its order. */
    public List<Published> published() {
        return once("published", () -> {
            List<Published> records = new ArrayList<>();
            for (Service service : Service.values()) {
                topics.read(service.topic(), message -> records.add(Published.of(message)));
            }
            return records;
        });
    }

    /** What is kept of the outboxes, in the order in which it was written. */
    public List<OutboxEntry> outbox() {
        return once("outbox", () -> {
            List<OutboxEntry> entries = new ArrayList<>();
            for (Service service : Service.values()) {
                database(service)
                        .each(OutboxEntry.SELECT + " order by seq", row -> entries.add(OutboxEntry.of(service, row)));
            }
            return entries;
        });
    }

    public List<DeadLetter> deadLetters() {
        return once("dead letters", () -> {
            List<DeadLetter> letters = new ArrayList<>();
            DeadLetter.topics(topics.names())
                    .forEach(topic -> topics.read(topic, message -> letters.add(DeadLetter.of(message))));
            return letters;
        });
    }

    @SuppressWarnings("unchecked") // each name stands for one type
    private <T> List<T> once(String what, Supplier<List<T>> read) {
        List<?> known = lists.get(what);
        if (known == null) {
            known = List.copyOf(read.get());
            lists.put(what, known);
        }
        return (List<T>) known;
    }
}
