package io.tillstream.simulator.api;

import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An answer that says no, in Stripe's words: status, and the error object under {@code error}. */
public final class StripeError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final boolean beforeExecution;
    private boolean leavesChanges;
    private final transient ObjectNode error;

    private StripeError(int status, boolean beforeExecution, ObjectNode error) {
        super(Json.text(error, "message"), null, false, false);
        this.status = status;
        this.beforeExecution = beforeExecution;
        this.error = error;
    }

    public static StripeError of(int status, String type, @Nullable String code, String message) {
        ObjectNode error = Json.object();
        if (code != null) {
            error.put("code", code);
            if (!code.endsWith("_not_simulated")) { // Stripe says nothing of those
                error.put("doc_url", "https://stripe.com/docs/error-codes/" + code.replace('_', '-'));
            }
        }
        return new StripeError(status, false, error.put("message", message).put("type", type));
    }

    /** A request that makes no sense as it is; it is refused before anything is done. */
    public static StripeError malformed(@Nullable String code, String message, @Nullable String param) {
        StripeError invalid = of(400, "invalid_request_error", code, message);
        if (param != null) {
            invalid.error.put("param", param);
        }
        return new StripeError(400, true, invalid.error);
    }

    /** A request that makes sense but not in the state things are in. */
    public static StripeError invalid(@Nullable String code, String message, @Nullable String param) {
        StripeError invalid = of(400, "invalid_request_error", code, message);
        return param == null ? invalid : invalid.with("param", param);
    }

    /** What the address names is not there. */
    public static StripeError missing(String type, String id, String param) {
        return of(404, "invalid_request_error", "resource_missing", "No such " + noun(type) + ": '" + id + "'")
                .with("param", param);
    }

    /** What a parameter names is not there. */
    public static StripeError missingReference(String type, String id, String param) {
        return invalid("resource_missing", "No such " + noun(type) + ": '" + id + "'", param);
    }

    public static StripeError card(String code, @Nullable String declineCode, String message) {
        StripeError error = of(402, "card_error", code, message);
        return declineCode == null ? error : error.with("decline_code", declineCode);
    }

    private static String noun(String type) {
        return switch (type) {
            case "payment_method" -> "PaymentMethod";
            case "setup_intent" -> "setupintent";
            default -> type;
        };
    }

    @CanIgnoreReturnValue
    public StripeError with(String field, String value) {
        error.put(field, value);
        return this;
    }

    @CanIgnoreReturnValue
    public StripeError with(String field, JsonNode value) {
        error.set(field, value);
        return this;
    }

    /** For a refusal by which an attempt became known, as a declined payment: what was done until then stays. */
    @CanIgnoreReturnValue
    public StripeError leavingChanges() {
        leavesChanges = true;
        return this;
    }

    /** Whether what was done until then stays; else a refusal changes nothing. */
    public boolean leavesChanges() {
        return leavesChanges;
    }

    public int status() {
        return status;
    }

    /** Whether it was refused before it was begun: such an answer is not kept under an idempotency key. */
    public boolean beforeExecution() {
        return beforeExecution;
    }

    /** The error object, without the envelope. */
    public ObjectNode error() {
        return error;
    }
}
