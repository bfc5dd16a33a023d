package io.tillstream.stripeevents;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a PaymentIntent is known to be.
 *
 * @param amountReceived what Stripe holds, in the currency's smallest unit; see {@link #lacksAmount}
 * @param failureCode why the last try failed; where Stripe gives no code, its type of error stands in
 * @param failureType Stripe's type of error, {@code card_error} for the bank's no; null of a state that was stored without
 * @param asOf Stripe's clock (whole seconds) of the last event that said so; 0 for an answer of the API
 * @see <a href="https://docs.stripe.com/payments/paymentintents/lifecycle">Stripe: PaymentIntent lifecycle</a>
 */
public record PaymentIntentState(
        String id,
        String status,
        long amount,
        long amountReceived,
        String currency,
        long asOf,
        @Nullable String customerId,
        @Nullable String chargeId,
        @Nullable String failureCode,
        @Nullable String declineCode,
        @Nullable String failureMessage,
        @Nullable String failureType) {

    public static final String SUCCEEDED = "succeeded";
    public static final String CANCELED = "canceled";

    /** It succeeded, and the message does not say with how much: never the same as nothing. */
    public static final long NOT_TOLD = -1;

    /** The way forward; a failed charge goes back to the first. */
    private static final List<String> FORWARD = List.of(
            "requires_payment_method",
            "requires_confirmation",
            "requires_action",
            "processing",
            "requires_capture",
            CANCELED,
            SUCCEEDED);

    /** Of a message that does not say of which type an error is, or tells of none. */
    public PaymentIntentState(
            String id,
            String status,
            long amount,
            long amountReceived,
            String currency,
            long asOf,
            @Nullable String customerId,
            @Nullable String chargeId,
            @Nullable String failureCode,
            @Nullable String declineCode,
            @Nullable String failureMessage) {
        this(
                id,
                status,
                amount,
                amountReceived,
                currency,
                asOf,
                customerId,
                chargeId,
                failureCode,
                declineCode,
                failureMessage,
                null);
    }

    /**
     * Reads the object of an event or of an API answer.
     *
     * @param asOf the event's {@code created}, or 0 for an answer of the API
     * @throws UnreadableEvent if id, status, amount or currency is missing
     */
    public static PaymentIntentState read(JsonNode intent, long asOf) {
        String id = StripeJson.text(intent, "id");
        String status = StripeJson.text(intent, "status");
        Long amount = StripeJson.number(intent, "amount");
        String currency = StripeJson.text(intent, "currency");
        if (id == null || status == null || amount == null || currency == null) {
            throw new UnreadableEvent("PaymentIntent without id, status, amount or currency");
        }
        Long received = StripeJson.number(intent, "amount_received");
        JsonNode error = intent.get("last_payment_error");
        return new PaymentIntentState(
                id,
                status,
                amount,
                received != null ? received : status.equals(SUCCEEDED) ? NOT_TOLD : 0,
                currency,
                asOf,
                StripeJson.id(intent, "customer"),
                charge(intent),
                failureCode(error),
                StripeJson.text(error, "decline_code"),
                StripeJson.text(error, "message"),
                StripeJson.text(error, "type"));
    }

    private static @Nullable String failureCode(@Nullable JsonNode error) {
        String code = StripeJson.text(error, "code");
        String type = StripeJson.text(error, "type");
        return code != null ? code : "card_error".equals(type) ? "card_declined" : type;
    }

    /** A list of all of them until 2022-11-15, newest first; only the newest since. */
    private static @Nullable String charge(JsonNode intent) {
        String latest = StripeJson.id(intent, "latest_charge");
        return latest != null
                ? latest
                : StripeJson.text(intent.path("charges").path("data").path(0), "id");
    }

    /** Whether a rule that needs the amount has to wait until Stripe was read again. */
    public boolean lacksAmount() {
        return status.equals(SUCCEEDED) && amountReceived == NOT_TOLD;
    }

    /** Succeeded and canceled are for ever. */
    public boolean isFinal() {
        return status.equals(SUCCEEDED) || status.equals(CANCELED);
    }

    /** Whether this knows of a failure that {@code earlier}, in the same status, did not. */
    public boolean hasFailedSince(PaymentIntentState earlier) {
        return status.equals(earlier.status) && failureCode != null && earlier.failureCode == null;
    }

    /**
     * What is known after an event told {@code news}.
     *
     * @return empty where arrival cannot tell which of the two is the later state: Stripe has to be asked
     */
    public Optional<PaymentIntentState> after(PaymentIntentState news) {
        if (news.lacksAmount()) {
            return status.equals(SUCCEEDED) ? Optional.of(completedBy(news)) : Optional.empty();
        }
        if (isFinal() || news.isFinal()) {
            return Optional.of(rank() >= news.rank() ? completedBy(news) : news.completedBy(this));
        }
        if (news.asOf < asOf) {
            return Optional.of(completedBy(news));
        }
        if (news.status.equals(status)) {
            return Optional.of(news.completedBy(this));
        }
        boolean unclear = news.asOf == asOf || news.rank() < rank();
        return unclear ? Optional.empty() : Optional.of(news.completedBy(this));
    }

    /** What is known after Stripe was asked because of an event: the answer, never older than what was known. */
    public PaymentIntentState afterAsking(PaymentIntentState refetched, long eventCreated) {
        if (refetched.lacksAmount()) {
            throw new UnreadableEvent("Stripe does not say how much it holds");
        }
        if (isFinal() && !refetched.isFinal()) {
            return completedBy(refetched);
        }
        return refetched.completedBy(this).at(Math.max(asOf, eventCreated));
    }

    /**
     * What is known after Stripe answered a call of ours.
     *
     * @param known what is known now
     * @param seen what was known before the call; an event that came since may be older than the answer, or newer
     * @return empty where nobody can tell which of the two is the later state: Stripe has to be read
     */
    public static Optional<PaymentIntentState> afterAnswer(
            @Nullable PaymentIntentState known, PaymentIntentState answer, @Nullable PaymentIntentState seen) {
        if (answer.lacksAmount()) {
            return Optional.ofNullable(known).filter(now -> now.status.equals(SUCCEEDED));
        }
        if (known == null) {
            return Optional.of(answer);
        }
        if (known.isFinal() || answer.isFinal() || answer.hasFailedSince(known) || known.equals(seen)) {
            return Optional.of(known.afterAsking(answer, known.asOf));
        }
        return known.saysTheSame(answer) ? Optional.of(known.completedBy(answer)) : Optional.empty();
    }

    /**
     * This, with what only the other message said: an answer of ours names neither customer nor charge, by which alone a
     * dispute may go. A charge is taken over in the same status only, as each try has one of its own.
     */
    private PaymentIntentState completedBy(PaymentIntentState other) {
        return new PaymentIntentState(
                id,
                status,
                amount,
                amountReceived,
                currency,
                asOf,
                customerId != null ? customerId : other.customerId,
                chargeId == null && status.equals(other.status) ? other.chargeId : chargeId,
                failureCode,
                declineCode,
                failureMessage,
                failureType);
    }

    private boolean saysTheSame(PaymentIntentState other) {
        return status.equals(other.status)
                && amountReceived == other.amountReceived
                && Objects.equals(failureCode, other.failureCode)
                && Objects.equals(declineCode, other.declineCode);
    }

    private PaymentIntentState at(long time) {
        return new PaymentIntentState(
                id,
                status,
                amount,
                amountReceived,
                currency,
                time,
                customerId,
                chargeId,
                failureCode,
                declineCode,
                failureMessage,
                failureType);
    }

    private int rank() {
        return FORWARD.indexOf(status); // a status Stripe may add later ranks below all: Stripe is asked
    }
}
