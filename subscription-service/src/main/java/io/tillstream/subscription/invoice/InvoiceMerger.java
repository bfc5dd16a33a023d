package io.tillstream.subscription.invoice;

import io.tillstream.subscription.subscription.Subscription;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of an invoice after something was told of it, whatever the order in which it is told. */
final class InvoiceMerger {

    private InvoiceMerger() {}

    private enum Comparison {
        NEWS,
        KNOWN,
        UNCLEAR
    }

    /**
     * What is known after an event, or an answer, told {@code news}.
     *
     * @param known null: nothing yet
     * @param asked whether {@code news} is how Stripe has it now
     * @return empty where the two cannot be put in order: Stripe has to be asked
     */
    static Optional<Invoice> after(
            @Nullable Invoice known,
            InvoiceState news,
            ReceivedInvoiceEvent told,
            boolean asked,
            Subscription subscription) {
        if (known == null) {
            var none = new Invoice(news, subscription.id(), subscription.userId(), false, 0, 0, null, 0, "", false);
            return Optional.of(taken(none, news, told, asked));
        }
        return switch (asked ? askedFor(known, news) : choose(known, news, told)) {
            case NEWS -> Optional.of(taken(known, news, told, asked));
            case KNOWN -> Optional.of(kept(known, told, news));
            case UNCLEAR -> Optional.empty();
        };
    }

    /** What was read is how Stripe had it then: where more is known by now, an event was faster. */
    private static Comparison askedFor(Invoice known, InvoiceState refetched) {
        if (known.status().isFinal() != refetched.status().isFinal()) {
            return known.status().isFinal() ? Comparison.KNOWN : Comparison.NEWS;
        }
        return further(known.bill(), refetched) == Comparison.KNOWN ? Comparison.KNOWN : Comparison.NEWS;
    }

    private static Comparison choose(Invoice known, InvoiceState news, ReceivedInvoiceEvent told) {
        if (known.status().isFinal() != news.status().isFinal()) {
            return news.status().isFinal() ? Comparison.NEWS : Comparison.KNOWN;
        }
        if (told.created() < known.asOf()) {
            return Comparison.KNOWN;
        }
        boolean surelyNewer = told.created() > known.asOf() && !known.ahead();
        if (surelyNewer || news.fingerprint().equals(known.fingerprint())) {
            return Comparison.NEWS;
        }
        return further(known.bill(), news);
    }

    /** An invoice goes one way, and attempts only grow. */
    private static Comparison further(InvoiceState known, InvoiceState news) {
        int way = known.status().compareTo(news.status());
        int progress = way != 0 ? way : Integer.compare(known.attempts(), news.attempts());
        return progress == 0 ? Comparison.UNCLEAR : progress < 0 ? Comparison.NEWS : Comparison.KNOWN;
    }

    private static Invoice taken(Invoice known, InvoiceState news, ReceivedInvoiceEvent told, boolean asked) {
        return new Invoice(
                withLinksOf(known.bill(), news),
                known.subscriptionId(),
                known.userId(),
                known.everPaid() || news.status() == InvoiceStatus.PAID,
                known.refunded(),
                actionAttempt(known, told),
                earlier(known.failedAt(), told.failedAt()),
                Math.max(known.asOf(), told.created()),
                news.fingerprint(),
                asked);
    }

    /** The snapshot stays; what the event tells beside it is true all the same. */
    private static Invoice kept(Invoice known, ReceivedInvoiceEvent told, InvoiceState news) {
        return new Invoice(
                withLinksOf(news, known.bill()),
                known.subscriptionId(),
                known.userId(),
                known.everPaid(),
                known.refunded(),
                actionAttempt(known, told),
                earlier(known.failedAt(), told.failedAt()),
                Math.max(known.asOf(), told.created()),
                known.fingerprint(),
                known.ahead());
    }

    private static int actionAttempt(Invoice known, ReceivedInvoiceEvent told) {
        return told.actionRequired()
                ? Math.max(known.actionAttempt(), Math.max(told.attempt(), 1))
                : known.actionAttempt();
    }

    private static InvoiceState withLinksOf(InvoiceState older, InvoiceState newer) {
        InvoiceState.Links links = newer.links();
        if (links.hosted() != null && links.pdf() != null) {
            return newer;
        }
        InvoiceState.Links before = older.links();
        return newer.with(new InvoiceState.Links(
                links.hosted() != null ? links.hosted() : before.hosted(),
                links.pdf() != null ? links.pdf() : before.pdf()));
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
