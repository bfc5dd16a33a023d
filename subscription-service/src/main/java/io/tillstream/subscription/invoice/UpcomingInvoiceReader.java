package io.tillstream.subscription.invoice;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripe.StripeRefusal;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** The invoice that is to come, as Stripe reckons it now. */
@Component
class UpcomingInvoiceReader {

    private static final Duration LONGEST = Duration.ofSeconds(10); // a service answers within 12 s
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final String NONE = "invoice_upcoming_none"; // Stripe's word where nothing is to be billed

    /** Of the others Stripe makes no more invoices. */
    private static final Set<SubscriptionStatus> BILLED = EnumSet.of(
            SubscriptionStatus.TRIALING,
            SubscriptionStatus.ACTIVE,
            SubscriptionStatus.PAST_DUE,
            SubscriptionStatus.UNPAID);

    private final Subscriptions subscriptions;
    private final StripeInvoices stripe;

    UpcomingInvoiceReader(Subscriptions subscriptions, StripeInvoices stripe) {
        this.subscriptions = subscriptions;
        this.stripe = stripe;
    }

    /**
     * Asks Stripe.
     *
     * @param subscriptionId null: the one of the user's that is billed next
     */
    Mono<InvoiceJson.Upcoming> of(String userId, @Nullable UUID subscriptionId) {
        Mono<Subscription> subscription = subscriptionId == null
                ? first(userId)
                : subscriptions.find(subscriptionId, userId).switchIfEmpty(Mono.error(Problem::notFound));
        return subscription
                .filter(UpcomingInvoiceReader::isBilled)
                .flatMap(this::preview)
                .switchIfEmpty(Mono.error(() -> Problem.of(404, "no-upcoming-invoice", "Nothing is to be billed.")));
    }

    private Mono<Subscription> first(String userId) {
        return subscriptions
                .live(userId)
                .filter(UpcomingInvoiceReader::isBilled)
                .sort(Comparator.comparing(UpcomingInvoiceReader::billedAt))
                .next();
    }

    private static boolean isBilled(Subscription subscription) {
        return BILLED.contains(subscription.status())
                && subscription.stripeId() != null
                && !subscription.endsWithPeriod();
    }

    private static Instant billedAt(Subscription subscription) {
        Instant end = subscription.period().end();
        return end == null ? Instant.MAX : end;
    }

    /** Empty where Stripe says that there is none. */
    private Mono<InvoiceJson.Upcoming> preview(Subscription subscription) {
        return Mono.justOrEmpty(subscription.stripeId())
                .flatMap(id -> Transactions.shield(stripe.preview(id)).timeout(LONGEST))
                .flatMap(answer -> answer.fold(
                        bill -> shown(subscription, bill),
                        no -> Mono.error(new StripeRefusal(no)),
                        no -> isNone(no) ? Mono.empty() : Mono.error(StripeProblems.told(no, refused(no)))))
                .onErrorMap(
                        StripeUnavailable.class,
                        away -> Problem.unavailable("Stripe cannot be asked now.", away.retryAfter()))
                .onErrorMap(TimeoutException.class, late -> Problem.unavailable("Stripe has not answered.", SOON)
                        .causedBy(late));
    }

    private static boolean isNone(StripeResult.Refused<?> no) {
        return no.missing() || no.says(NONE);
    }

    /** Who is told to come back asks for ever, where only somebody's change makes Stripe say more: an address, say. */
    private static Problem refused(StripeResult.Refused<?> no) {
        return RefusalReason.passes(no.code())
                ? Problem.unavailable("Stripe does not tell of it now.", SOON)
                : Problem.conflict(
                        "upcoming-invoice-refused", "Stripe does not reckon this invoice: " + no.code() + ".");
    }

    private static Mono<InvoiceJson.Upcoming> shown(Subscription subscription, JsonNode bill) {
        UpcomingInvoice upcoming = UpcomingInvoice.of(bill);
        return upcoming == null
                ? Mono.error(new IllegalStateException("Stripe's preview has no amounts or period"))
                : Mono.just(InvoiceJson.Upcoming.of(subscription.id(), upcoming));
    }
}
