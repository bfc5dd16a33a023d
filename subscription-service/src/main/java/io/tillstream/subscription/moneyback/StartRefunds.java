package io.tillstream.subscription.moneyback;

import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionSettings;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Starts that Stripe made other than they were asked for, and what was paid for them: kept before any of it is undone, and listed until
 * all is. While such a start is not over it is asked about, and its money asked back with it; after that the money is asked back alone.
 * What was given back stays known, as its bank may send it back.
 */
@Repository
public class StartRefunds {

    private static final Logger LOG = LoggerFactory.getLogger(StartRefunds.class);

    private static final int BATCH = 20; // two calls to Stripe each

    /**
     * Of {@code f}, what is owed: an hour or two of growing rests, so what passes by itself has passed. Its tries count the questions
     * about its start, which may have been many before anything was owed. What a bank sent back no other try changes.
     */
    static final String NEEDS_PERSON = " (f.given_back_at is null and (f.returned_at is not null"
            + " or f.tries > 6 and f.created_at < now() - interval '1 hour')) ";

    /** Of {@code f}, whoever has to see to it. */
    static final String OWED_YET = " (f.dismissed_at is null and f.given_back_at is null) ";

    private static final String KEPT = """
            insert into start_refunds
                (subscription_id, stripe_invoice_id, amount, currency, why, tries, next_attempt_at, created_at)
            values (:id, :invoice, :amount, :currency, :why, :tries, :now, :now)
            on conflict (subscription_id) do update
            set tries = greatest(start_refunds.tries, excluded.tries)""";

    private static final String OWED =
            KEPT + ", why = excluded.why, amount = excluded.amount, currency = excluded.currency, given_back_at = null,"
                    + " next_look_at = null, next_attempt_at = case when start_refunds.given_back_at is null"
                    + " then start_refunds.next_attempt_at else excluded.next_attempt_at end";

    private static final String NOT_UNDONE = "not undone yet";
    static final String NOT_GIVEN_BACK = "not given back yet: ";

    /** Claimed for the length of the next rest; what is owed stays owed, so there is no last try. */
    private static final String CLAIM = """
            update start_refunds
            set tries = tries + 1,
                next_attempt_at = now() + least(make_interval(secs => :firstAsk) * power(2, least(tries, 11)), interval '1 day')
            where subscription_id in (
                select f.subscription_id from start_refunds f
                where f.next_attempt_at <= now() and f.dismissed_at is null and not exists (
                    select 1 from subscriptions s
                    where s.id = f.subscription_id and s.status not in ('failed', 'canceled', 'incomplete_expired'))
                order by f.next_attempt_at limit :batch for update of f skip locked)
            returning subscription_id, stripe_invoice_id, tries
            """;

    private final StripeMoneyBack stripe;
    private final StripeStartRefunds refunds;
    private final StartRefundChecks checks;
    private final StartRefundRefusals refusals;
    private final DatabaseClient database;
    private final SubscriptionSettings settings;
    private final Clock clock;

    StartRefunds(
            StripeMoneyBack stripe,
            StripeStartRefunds refunds,
            StartRefundChecks checks,
            StartRefundRefusals refusals,
            DatabaseClient database,
            SubscriptionSettings settings,
            Clock clock) {
        this.stripe = stripe;
        this.refunds = refunds;
        this.checks = checks;
        this.refusals = refusals;
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /** @param tries so far: Stripe repeats a refusal for its key, so each has a key of its own */
    record Due(UUID start, String invoice, int tries) {}

    /**
     * Before Stripe is told to undo a start: whatever comes between, its money is asked back, and what was found of it is known.
     *
     * @param made where it says so, with what was paid
     */
    public Mono<Void> keep(Subscription start, JsonNode made, String invoice) {
        long paid = made.path("latest_invoice").path("amount_paid").asLong(0);
        return kept(KEPT, start, made, invoice, paid, NOT_UNDONE);
    }

    /** Whether it was found to be made otherwise, and not all of that is undone, or a person has dismissed its money. */
    public Mono<Boolean> has(UUID start) {
        return database.sql("select exists (select 1 from start_refunds where subscription_id = :id) as kept")
                .bind("id", start)
                .map(row -> Column.present(row, "kept", Boolean.class))
                .one();
    }

    /** Errors with {@link OutcomeUnknown} where Stripe has not given it back: it is owed then, unless it was dismissed. */
    public Mono<Void> giveBack(Subscription start, JsonNode made, String invoice) {
        return unlessDismissed(
                start.id(),
                settledUnlessRefused(start.id(), invoice, start.start().asks(), code -> owed(start, made, invoice, code)
                        .then(Mono.error(new OutcomeUnknown(NOT_GIVEN_BACK + code, null)))));
    }

    private Mono<Void> settledUnlessRefused(
            UUID start, String invoice, int tries, Function<String, Mono<Void>> refused) {
        return refunds.giveBack(invoice, tries).flatMap(given -> {
            String code = given.refused();
            return code == null ? checks.begin(start, given.refunds()) : refused.apply(code);
        });
    }

    private Mono<Void> unlessDismissed(UUID start, Mono<Void> work) {
        return database.sql("select exists (select 1 from start_refunds"
                        + " where subscription_id = :id and dismissed_at is not null) as dismissed")
                .bind("id", start)
                .map(row -> Column.present(row, "dismissed", Boolean.class))
                .one()
                .flatMap(dismissed -> dismissed ? Mono.empty() : work);
    }

    Flux<Due> claimDue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .bind("firstAsk", settings.firstAskSeconds())
                .map(row -> new Due(
                        Column.present(row, "subscription_id", UUID.class),
                        Column.present(row, "stripe_invoice_id", String.class),
                        Column.present(row, "tries", Integer.class)))
                .all();
    }

    /** What is refused stays owed, with Stripe's last word. */
    Mono<Void> giveBack(Due due) {
        return unlessDismissed(
                due.start(),
                settledUnlessRefused(
                                due.start(), due.invoice(), due.tries(), code -> refusals.refused(due.start(), code))
                        .onErrorResume(OutcomeUnknown.class, unknown -> refusals.unanswered(due.start(), unknown)));
    }

    /** A fault here leaves what was kept before. */
    private Mono<Void> owed(Subscription start, JsonNode made, String invoice, String code) {
        return stripe.payments(invoice)
                .map(all -> all.stream().mapToLong(StripeMoneyBack.Paid::amount).sum())
                .flatMap(amount -> kept(OWED, start, made, invoice, amount, NOT_GIVEN_BACK + code))
                .then(Mono.defer(() -> refusals.refused(start.id(), code)))
                .onErrorResume(fault -> {
                    LOG.warn("What is owed for start {} is not kept yet: {}", start.id(), fault.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> kept(
            String statement, Subscription start, JsonNode made, String invoice, long amount, String why) {
        String currency = StripeJson.text(made, "currency");
        return database.sql(statement)
                .bind("id", start.id())
                .bind("invoice", invoice)
                .bind("amount", amount)
                .bind("currency", currency == null ? start.currency() : currency)
                .bind("why", why)
                .bind("tries", start.start().asks())
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }
}
