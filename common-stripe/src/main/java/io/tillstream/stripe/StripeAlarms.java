package io.tillstream.stripe;

import com.stripe.exception.IdempotencyException;
import com.stripe.exception.StripeException;
import com.stripe.model.StripeError;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.stripe.StripeErrors.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Somebody has to look at it: what is wrong is on our side, and stays so. Counted, and logged with Stripe's request id. */
final class StripeAlarms {

    private static final Logger log = LoggerFactory.getLogger(StripeAlarms.class);

    private static final String REQUEST = "request"; // the fault of a request that was wrong

    private final MeterRegistry meters;

    StripeAlarms(MeterRegistry meters) {
        this.meters = meters;
    }

    /** One try of a call: an alarm where its verdict or its answer alone shows that the fault is ours. */
    void answered(String operation, Verdict verdict, @Nullable StripeResult<?> answer, @Nullable Throwable cause) {
        boolean wrong = verdict == Verdict.UNSENDABLE
                || (answer instanceof StripeResult.Refused<?> no && no.refusal() == RefusalReason.OURS);
        String fault = verdict == Verdict.UNAUTHORIZED
                ? "unauthorized"
                : cause instanceof IdempotencyException ? "idempotency" : wrong ? REQUEST : null;
        if (fault != null && cause instanceof StripeException no) {
            StripeError error = no.getStripeError();
            String param = error == null ? null : error.getParam();
            refused(operation, fault, no.getStatusCode(), no.getCode(), param, no.getRequestId());
        }
    }

    /** See {@link StripeCalls#isOurFault}. */
    void ourFault(String operation, StripeResult.Refused<?> no) {
        refused(operation, REQUEST, no.status(), no.code(), no.param(), no.requestId());
    }

    private void refused(
            String operation,
            String fault,
            @Nullable Integer status,
            @Nullable String code,
            @Nullable String param,
            @Nullable String requestId) {
        count(operation, fault);
        log.error("Stripe {} {}: {} {} param {} request {}", operation, fault, status, code, param, requestId);
    }

    /** Without what Stripe refused something was decided: somebody has to look whether that was right. */
    void decidedWithout(String operation) {
        count(operation, "without_answer");
    }

    /** Stripe made something else than it was asked for: what of it is ended, its caller knows. */
    void differs(String operation, List<?> differences, @Nullable String requestId) {
        count(operation, "answer");
        log.error("Stripe {} answer differs: {} request {}", operation, differences, requestId);
    }

    /** See {@link StripeCalls#failedOnIntent}. */
    void failedOnIntent(String intentId, String type, String code) {
        count("payment_intent", REQUEST);
        log.error("Stripe payment_intent request: {} {} intent {}", type, code, intentId);
    }

    private void count(String operation, String fault) {
        meters.counter("tillstream.stripe.faults", "operation", operation, "fault", fault)
                .increment();
    }
}
