package io.tillstream.simulator.paymentmethod;

import org.jspecify.annotations.Nullable;

/** What a test card or account does when money is taken from it, as Stripe documents it. */
public enum Behavior {
    SUCCEEDS,
    DECLINED(Decline.GENERIC),
    INSUFFICIENT_FUNDS(Decline.INSUFFICIENT_FUNDS),
    LOST(Decline.LOST),
    STOLEN(Decline.STOLEN),
    FRAUDULENT(Decline.FRAUDULENT),
    VELOCITY(Decline.VELOCITY),
    EXPIRED(Decline.EXPIRED),
    INCORRECT_CVC(Decline.INCORRECT_CVC),
    PROCESSING_ERROR(Decline.PROCESSING_ERROR),
    /** Can be attached, but no payment succeeds. */
    FAILS_AFTER_ATTACH(Decline.GENERIC),
    /** Authentication at every payment, however the card was set up. */
    ALWAYS_AUTHENTICATE,
    /** Authentication unless the card was set up for later payments. */
    AUTHENTICATE_UNLESS_SET_UP,
    /** Authentication on session; off session it counts as set up. */
    ALREADY_SET_UP,
    /** Authentication, then declined all the same. */
    AUTHENTICATE_THEN_NO_FUNDS(Decline.INSUFFICIENT_FUNDS),
    AUTHENTICATE_THEN_DECLINED(Decline.GENERIC),
    AUTHENTICATION_BREAKS(Decline.PROCESSING_ERROR),
    DISPUTE,
    DISPUTE_NOT_RECEIVED,
    DISPUTE_INQUIRY,
    DISPUTE_TWICE,
    EARLY_FRAUD_WARNING,
    REFUND_PENDING,
    REFUND_FAILS,
    BYPASS_PENDING,
    BLOCKED_BY_RADAR(Decline.FRAUDULENT),
    RISK_HIGHEST,
    RISK_ELEVATED,
    CVC_CHECK_FAILS,
    AVS_FAILS,
    AVS_LINE1_FAILS,
    AVS_ZIP_FAILS,
    AVS_UNCHECKED,
    /** A bank account whose debit comes back. */
    DEBIT_FAILS,
    /** The same, minutes later. */
    DEBIT_FAILS_LATE,
    /** A bank account whose money comes minutes later. */
    DEBIT_SUCCEEDS_LATE,
    /** A bank account whose debit never ends. */
    DEBIT_STAYS_PROCESSING,
    /** A bank account that cannot be debited: no payment method is made of it. */
    CREATION_FAILS;

    private final @Nullable Decline decline;

    Behavior() {
        this(null);
    }

    Behavior(@Nullable Decline decline) {
        this.decline = decline;
    }

    public @Nullable Decline decline() {
        return decline;
    }

    /** Whether a bank refuses it already when it is to be saved. */
    public boolean declinesOnAttach() {
        return decline != null
                && this != FAILS_AFTER_ATTACH
                && this != AUTHENTICATE_THEN_NO_FUNDS
                && this != AUTHENTICATE_THEN_DECLINED
                && this != BLOCKED_BY_RADAR;
    }

    public boolean needsAuthentication(boolean offSession, boolean setUp) {
        return switch (this) {
            case ALWAYS_AUTHENTICATE, AUTHENTICATE_THEN_DECLINED -> true;
            case AUTHENTICATE_UNLESS_SET_UP, AUTHENTICATE_THEN_NO_FUNDS -> !setUp;
            case ALREADY_SET_UP -> !offSession;
            default -> false;
        };
    }

    /** Whether saving it asks for authentication. */
    public boolean authenticatesOnSetup() {
        return needsAuthentication(false, false) && this != ALREADY_SET_UP;
    }
}
