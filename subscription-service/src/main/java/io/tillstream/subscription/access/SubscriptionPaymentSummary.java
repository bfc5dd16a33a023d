package io.tillstream.subscription.access;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription's invoices say of its payment.
 *
 * @param newestPaid when the newest that was paid was made; null: none was ever paid
 * @param owedSince the first failed try of those that are owed since the last that was settled; null: none is owed
 * @param unpaidSince since when one with which a period began is open and not paid, whoever is at it, and none with which one
 *     began was paid since; null: none is
 * @param paidUntil the end of the periods that the newest paid one covers, or, where one was dropped, the newest with which a
 *     period began; null: none says
 * @param dropped whether one of the newest period was dropped in a pause of collection, and not paid
 * @param disputedSince since when one is disputed, or one is lost to a dispute whose time is not over; null: none is
 * @param refundedSince since when what the running period began with, or the newest paid one, is given back whole; null: it
 *     is not
 */
record SubscriptionPaymentSummary(
        @Nullable Instant newestPaid,
        @Nullable Instant owedSince,
        @Nullable Instant unpaidSince,
        @Nullable Instant paidUntil,
        boolean dropped,
        @Nullable Instant disputedSince,
        @Nullable Instant refundedSince) {

    /**
     * One invoice.
     *
     * @param openSince when it was known first to be open, or not to be finalized; null: it never was
     * @param failedAt when the first try to collect it failed, or it became overdue
     * @param opens whether a period begins with it, other than with the difference that a change costs
     * @param notFinalized a draft that Stripe cannot make an invoice of, for want of an address to tax say: it collects nothing, and
     *     calls the subscription active period after period
     */
    record Bill(
            String status,
            boolean everPaid,
            Instant issuedAt,
            @Nullable Instant openSince,
            @Nullable Instant failedAt,
            @Nullable Instant coversUntil,
            boolean opens,
            boolean inPause,
            boolean notFinalized,
            Back back) {

        private boolean covers() {
            return coversUntil != null;
        }

        private boolean isUnpaid() {
            boolean stuck = notFinalized && status.equals("draft");
            return !everPaid && (stuck || status.equals("open") || status.equals("uncollectible"));
        }

        private boolean isDropped() {
            return !everPaid && inPause && !status.equals("open");
        }
    }

    /** What of an invoice's money went back: since when it is disputed, lost to a dispute, given back whole; null: not. */
    record Back(
            @Nullable Instant disputed,
            @Nullable Instant lost,
            @Nullable Instant refunded) {
        static final Back NOTHING = new Back(null, null, null);
    }

    /** Of the newest first. */
    static SubscriptionPaymentSummary of(List<Bill> newestFirst) {
        Instant newestPaid = newestFirst.stream()
                .filter(Bill::everPaid)
                .map(Bill::issuedAt)
                .findFirst()
                .orElse(null);
        boolean dropped = isDropped(newestFirst);
        Instant paidUntil = newestFirst.stream()
                .filter(bill -> bill.everPaid() && bill.covers() && (bill.opens() || !dropped))
                .map(Bill::coversUntil)
                .findFirst()
                .orElse(null);
        Instant disputed = earliest(newestFirst.stream().map(Bill::back).map(Back::disputed));
        Instant lost = earliest(covering(newestFirst, paidUntil).map(Bill::back).map(Back::lost));
        return new SubscriptionPaymentSummary(
                newestPaid,
                owedSince(newestFirst),
                unpaidSince(newestFirst),
                paidUntil,
                dropped,
                disputed == null ? lost : disputed,
                refundedSince(newestFirst, paidUntil));
    }

    /** What a change costs is owed for the change, and takes nothing of the period in which it is made. */
    private static @Nullable Instant unpaidSince(List<Bill> newestFirst) {
        return earliest(newestFirst.stream()
                .filter(bill -> bill.covers() && bill.opens())
                .takeWhile(bill -> !bill.everPaid())
                .filter(Bill::isUnpaid)
                .map(Bill::openSince));
    }

    /** Whether what the newest period began with was: what a change since then cost does not pay for the rest of it. */
    private static boolean isDropped(List<Bill> newestFirst) {
        Instant until = newestFirst.stream()
                .filter(Bill::covers)
                .map(Bill::coversUntil)
                .findFirst()
                .orElse(null);
        return newestFirst.stream()
                .filter(bill -> bill.covers() && Objects.equals(bill.coversUntil(), until))
                .anyMatch(bill -> bill.opens() && bill.isDropped());
    }

    /** What was paid and is not over when the newest that was paid is: a change in between costs a difference only. */
    private static Stream<Bill> covering(List<Bill> newestFirst, @Nullable Instant paidUntil) {
        return newestFirst.stream()
                .filter(Bill::everPaid)
                .filter(bill -> bill.coversUntil() != null
                        && paidUntil != null
                        && !bill.coversUntil().isBefore(paidUntil));
    }

    private static @Nullable Instant refundedSince(List<Bill> newestFirst, @Nullable Instant paidUntil) {
        List<Bill> running = covering(newestFirst, paidUntil)
                .filter(bill -> Objects.equals(bill.coversUntil(), paidUntil))
                .toList();
        return earliest(running.stream()
                .filter(bill -> bill.opens() || bill.equals(running.get(0)))
                .map(Bill::back)
                .map(Back::refunded));
    }

    private static @Nullable Instant earliest(Stream<@Nullable Instant> times) {
        return times.filter(Objects::nonNull).min(Comparator.naturalOrder()).orElse(null);
    }

    /** An invoice that is paid, void or written off ends what was owed before it. */
    private static @Nullable Instant owedSince(List<Bill> newestFirst) {
        Instant since = null;
        boolean newest = true;
        for (Bill bill : newestFirst) {
            if (bill.status().equals("draft")) {
                continue;
            }
            boolean writtenOff = bill.status().equals("uncollectible") && !newest;
            if (bill.everPaid() || bill.status().equals("void") || writtenOff) {
                return since;
            }
            Instant failedAt = bill.failedAt();
            if (failedAt != null && (since == null || failedAt.isBefore(since))) {
                since = failedAt;
            }
            newest = false;
        }
        return since;
    }
}
