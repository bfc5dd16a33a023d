package io.tillstream.payment.refund;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.events.Money;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import io.tillstream.web.money.RefundDismissal;
import jakarta.validation.Valid;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What the shop owes and could not give back yet, and what is under way for longer than a bank takes. */
@Tag(name = "Operators")
@RestController
class AdminOwedRefundController {

    private final Refunds refunds;
    private final RefundDismissals dismissals;

    AdminOwedRefundController(Refunds refunds, RefundDismissals dismissals) {
        this.refunds = refunds;
        this.dismissals = dismissals;
    }

    @Schema(name = "OwedRefund")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            UUID id,
            String orderId,

            @Schema(description = "For `paymentId` of a refund")
            UUID paymentId,

            Money amount,

            @Schema(
                    allowableValues = {"duplicate", "late", "requested", "dashboard"},
                    description = "Why it is owed: the money came twice or late, or somebody wanted it back")
            String purpose,

            @Schema(example = "balance_insufficient", description = "Stripe's last word") @Nullable
            String reason,

            @Schema(description = "How often Stripe refused it")
            int refusals,

            @Schema(
                    example = "charge_not_refundable",
                    description = "Why a person has to look at it; without it, it is tried again by itself")
            @Nullable
            String attention,

            Instant createdAt) {

        static Shown of(Refund refund) {
            return new Shown(
                    refund.id(),
                    refund.reference(),
                    refund.paymentId(),
                    refund.money(),
                    refund.purpose().text(),
                    lastWord(refund),
                    refund.refusals(),
                    refund.attention(),
                    refund.createdAt());
        }

        private static @Nullable String lastWord(Refund refund) {
            return refund.status().isGone() ? refund.status().shown() : refund.failureReason();
        }
    }

    @Operation(
            operationId = "listOwedRefunds",
            summary = "Money that is owed back and that Stripe refused to give back, the newest first (operators)",
            description = "It is tried again by itself where that can help. A refund of yours with `paymentId` settles"
                    + " it, as does one at Stripe's dashboard. One of yours that was `pending` and failed is here too,"
                    + " until you ask for as much again. What needs none of that can be dismissed. What Stripe has made and is `pending` or"
                    + " `requires_action`, its `reason`, for more than 60 days is here as well, until Stripe tells what became of it: its"
                    + " support can.")
    @GetMapping("/api/admin/payments/owed-refunds")
    Mono<Page<Shown>> owed(
            @Parameter(description = "Only what a person has to look at") @RequestParam(defaultValue = "false")
                    boolean attention,
            @Parameter(hidden = true) Paging paging) {
        return refunds.owed(attention, paging).collectList().map(rows -> Page.of(
                        rows,
                        paging,
                        refund -> new Cursor(refund.createdAt(), refund.id().toString()))
                .map(Shown::of));
    }

    @Operation(
            operationId = "dismissOwedRefund",
            summary = "Says that a refund which a person has to look at is not owed any more (operators)",
            description =
                    "It was paid outside of Stripe, say. It leaves the list, and Stripe is not asked for it again; no event"
                            + " says that it was refunded. Said again, the first word counts. It is in the payment's timeline.")
    @ApiResponse(responseCode = "200", description = "Dismissed")
    @ApiResponse(responseCode = "409", description = "`refund-needs-nobody`: no person has to look at it")
    @PostMapping("/api/admin/payments/owed-refunds/{id}/dismissal")
    @Idempotent(required = false)
    Mono<RefundDismissal> dismiss(
            @Parameter(hidden = true) Caller caller,
            @PathVariable UUID id,
            @Valid @RequestBody RefundDismissal.Request request) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
        return dismissals.dismiss(id, request.valid(), caller.userId());
    }
}
