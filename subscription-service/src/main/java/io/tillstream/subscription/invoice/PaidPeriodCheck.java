package io.tillstream.subscription.invoice;

import io.r2dbc.spi.Readable;
import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Whether the running period of a subscription is paid. Stripe calls a subscription active while the invoice of its new
 * period is a draft for an hour, or was sent to be paid within weeks, and credits what is left of the period all the same.
 */
@Component
public class PaidPeriodCheck {

    /**
     * The invoice that a period began with has a line for the whole of it; where another interval began one at once, that is
     * the invoice of the change. An invoice of a change that is open, and no change waits for its payment, is one that is in
     * force unpaid.
     */
    private static final String OF_THE_PERIOD = """
            select bool_and(ever_paid) filter (where whole and not changes) as opened,
                   bool_or(ever_paid) filter (where whole and changes) as changed,
                   coalesce(bool_or(changes and not ever_paid and total > 0 and issued_at >= :start
                                    and status in ('open', 'uncollectible')), false) as owed
            from (select ever_paid, status, total, issued_at, billing_reason is not distinct from 'subscription_update' as changes,
                    exists (select 1 from jsonb_array_elements(lines) line
                            where cast(line ->> 'periodStart' as timestamptz) = :start
                              and cast(line ->> 'periodEnd' as timestamptz) = :end
                              and cast(line ->> 'amount' as bigint) >= 0) as whole
                  from invoices
                  where subscription_id = :id and billing_reason is distinct from 'manual') known
            """;

    /** An invoice is made within minutes of its period's start; Stripe's clocks and ours need not agree. */
    private static final Duration EARLIEST = Duration.ofDays(1);

    private final DatabaseClient database;
    private final StripeInvoices stripe;
    private final InvoiceResponseHandler answers;

    PaidPeriodCheck(DatabaseClient database, StripeInvoices stripe, InvoiceResponseHandler answers) {
        this.database = database;
        this.stripe = stripe;
        this.answers = answers;
    }

    private record Known(@Nullable Boolean opened, @Nullable Boolean changed, boolean owed) {

        private boolean isPaid(boolean waits) {
            return opened != null && opened && (waits || !owed);
        }

        /** With all that Stripe has of it: no draft that began the period may be missing. */
        private boolean isPaidForSure(boolean waits) {
            return (opened != null ? opened : Boolean.TRUE.equals(changed)) && (waits || !owed);
        }
    }

    /** Where that is not known here, Stripe's invoices of it are read: their events may be late. */
    public Mono<Boolean> isPaid(Subscription subscription, StripeSubscriptionState.Item item, boolean changeWaits) {
        if (item.periodStart() == null || item.periodEnd() == null) {
            return Mono.just(false);
        }
        return known(subscription, item)
                .filter(known -> known.isPaid(changeWaits))
                .map(known -> true)
                .switchIfEmpty(Mono.defer(() -> ask(subscription, Objects.requireNonNull(item.periodStart()))
                        .then(known(subscription, item))
                        .map(known -> known.isPaidForSure(changeWaits))));
    }

    private Mono<Known> known(Subscription subscription, StripeSubscriptionState.Item item) {
        return database.sql(OF_THE_PERIOD)
                .bind("id", subscription.id())
                .bind("start", Objects.requireNonNull(item.periodStart()))
                .bind("end", Objects.requireNonNull(item.periodEnd()))
                .map(PaidPeriodCheck::read)
                .one();
    }

    private static Known read(Readable row) {
        return new Known(
                row.get("opened", Boolean.class),
                row.get("changed", Boolean.class),
                Boolean.TRUE.equals(row.get("owed", Boolean.class)));
    }

    /** Only those of the period: one that was taken over has old ones that nobody here has to be told of. */
    private Mono<Void> ask(Subscription subscription, Instant periodStart) {
        long since = periodStart.minus(EARLIEST).getEpochSecond();
        String stripeId = Objects.requireNonNull(subscription.stripeId());
        return stripe.of(stripeId)
                .flatMapMany(answer -> answer instanceof StripeResult.Ok<JsonNode> page
                        ? Flux.fromStream(page.value().path("data").valueStream())
                        : Flux.empty())
                .filter(invoice -> invoice.path("created").asLong() >= since)
                .concatMap(invoice ->
                        answers.take(subscription.id(), invoice, Cause.question("GET /v1/invoices", stripeId)))
                .then();
    }
}
