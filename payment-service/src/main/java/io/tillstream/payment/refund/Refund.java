package io.tillstream.payment.refund;

import io.tillstream.events.Money;
import io.tillstream.payment.payable.Payment;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Money given back of one payment, or about to be.
 *
 * @param stripeAttempt which try at Stripe is the present one
 * @param refusals how often Stripe refused it, where it is owed
 * @param attention why a person has to look at it
 */
public record Refund(
        UUID id,
        UUID paymentId,
        String reference,
        Money money,
        Purpose purpose,
        @Nullable String reason,
        @Nullable String note,
        RefundStatus status,
        @Nullable String stripeId,
        @Nullable String failureReason,
        int stripeAttempt,
        int refusals,
        @Nullable String attention,
        Instant createdAt) {

    /** Why one ended that was not made: as much went back by other refunds, or by a dispute. */
    static final String GIVEN_BACK_OTHERWISE = "given_back_otherwise";

    static final String LOST_TO_DISPUTE = "lost_to_dispute";

    /** One that is about to be asked for. */
    static Refund begun(UUID id, Payment payment, Money money, Purpose purpose, @Nullable String reason, Instant now) {
        return new Refund(
                id,
                payment.id(),
                payment.reference(),
                money,
                purpose,
                reason,
                null,
                RefundStatus.INITIATED,
                null,
                null,
                0,
                0,
                null,
                now);
    }

    Refund with(@Nullable String operatorsNote, @Nullable String knownAs) {
        return new Refund(
                id,
                paymentId,
                reference,
                money,
                purpose,
                reason,
                operatorsNote,
                status,
                knownAs,
                failureReason,
                stripeAttempt,
                refusals,
                attention,
                createdAt);
    }

    /** Whether it has to be made, whoever says no: nobody asked for it who could be told. */
    boolean isOwed() {
        return purpose == Purpose.DUPLICATE || purpose == Purpose.LATE;
    }

    /** Whether an operator waits for it, so that nobody else may give back its amount. */
    boolean isPromised() {
        return status == RefundStatus.DELAYED && !isOwed();
    }

    /** Who wanted it. */
    public enum Purpose {
        /** An operator, through us. */
        REQUESTED,
        /** We: the payable had been paid before. */
        DUPLICATE,
        /** We: the payable had been closed before. */
        LATE,
        /** A person at Stripe's dashboard. */
        DASHBOARD;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Purpose of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    Refund becoming(RefundStatus next, @Nullable String knownAs, @Nullable String why) {
        return new Refund(
                id,
                paymentId,
                reference,
                money,
                purpose,
                reason,
                note,
                next,
                knownAs,
                why,
                stripeAttempt,
                refusals,
                next == RefundStatus.DELAYED ? attention : null,
                createdAt);
    }

    /** What Stripe made of it, which is what counts: the money is gone. */
    Refund as(Money made) {
        return new Refund(
                id,
                paymentId,
                reference,
                made,
                purpose,
                reason,
                note,
                status,
                stripeId,
                failureReason,
                stripeAttempt,
                refusals,
                attention,
                createdAt);
    }

    /** Refused once more: the next try is another one for Stripe, of what is left of it by then. */
    Refund delayed(Money rest, String why, boolean needsPerson) {
        return new Refund(
                id,
                paymentId,
                reference,
                rest,
                purpose,
                reason,
                note,
                RefundStatus.DELAYED,
                stripeId,
                why,
                stripeAttempt + 1,
                refusals + 1,
                needsPerson ? why : null,
                createdAt);
    }

    /** Less is left to give back by now; another amount is another request for Stripe. */
    Refund ofRest(Money rest) {
        return new Refund(
                id,
                paymentId,
                reference,
                rest,
                purpose,
                reason,
                note,
                status,
                stripeId,
                failureReason,
                stripeAttempt + 1,
                refusals,
                attention,
                createdAt);
    }

    /** The bank gave it back to us after all: money that we owe and cannot send that way. */
    Refund forPerson(String why) {
        return new Refund(
                id,
                paymentId,
                reference,
                money,
                purpose,
                reason,
                note,
                status,
                stripeId,
                failureReason,
                stripeAttempt,
                refusals,
                why,
                createdAt);
    }
}
