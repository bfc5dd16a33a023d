package io.tillstream.subscription.moneyback;

import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.Subscription;
import java.time.Clock;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What was paid for starts that Stripe made other than they were asked for: given back, or listed until it is. */
@Repository
public class StartRefunds {

    private static final String OWED = """
            insert into start_refunds (subscription_id, stripe_invoice_id, amount, currency, why, created_at)
            values (:id, :invoice, :amount, :currency, :why, :now)
            on conflict (subscription_id) do update set why = :why
            """;

    private final StripeMoneyBack stripe;
    private final DatabaseClient database;
    private final Clock clock;

    StartRefunds(StripeMoneyBack stripe, DatabaseClient database, Clock clock) {
        this.stripe = stripe;
        this.database = database;
        this.clock = clock;
    }

    /** Errors with {@link OutcomeUnknown} where Stripe has not given it back: it is owed then. */
    public Mono<Void> giveBack(Subscription start, JsonNode made, String invoice) {
        return stripe.giveBack(invoice, start.start().asks())
                .then(Mono.defer(() -> settled(start.id())))
                .onErrorResume(OutcomeUnknown.class, no -> owed(start, made, invoice, no)
                        .then(Mono.error(no)));
    }

    /** A fault here keeps nothing: the start is asked about again. */
    private Mono<Void> owed(Subscription start, JsonNode made, String invoice, OutcomeUnknown no) {
        String currency = StripeJson.text(made, "currency");
        return stripe.payments(invoice)
                .map(all -> all.stream().mapToLong(StripeMoneyBack.Paid::amount).sum())
                .flatMap(amount -> database.sql(OWED)
                        .bind("id", start.id())
                        .bind("invoice", invoice)
                        .bind("amount", amount)
                        .bind("currency", currency == null ? start.currency() : currency)
                        .bind("why", String.valueOf(no.getMessage()))
                        .bind("now", clock.instant())
                        .fetch()
                        .rowsUpdated())
                .onErrorComplete()
                .then();
    }

    private Mono<Void> settled(UUID start) {
        return database.sql("delete from start_refunds where subscription_id = :id")
                .bind("id", start)
                .fetch()
                .rowsUpdated()
                .then();
    }
}
