package io.tillstream.subscription.moneyback;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.events.Money;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import io.tillstream.web.money.RefundDismissal;
import jakarta.validation.Valid;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What the shop owes of invoices that were paid too late, and could not give back yet; and credit that it could not take back. */
@Tag(name = "Operators")
@RestController
class AdminOwedInvoiceRefundController {

    private final OwedInvoiceRefunds owed;
    private final InvoiceRefundDismissals dismissals;
    private final StartRefunds startRefunds;
    private final StartRefundDismissals starts;

    AdminOwedInvoiceRefundController(
            OwedInvoiceRefunds owed,
            InvoiceRefundDismissals dismissals,
            StartRefunds startRefunds,
            StartRefundDismissals starts) {
        this.owed = owed;
        this.dismissals = dismissals;
        this.startRefunds = startRefunds;
        this.starts = starts;
    }

    @Schema(name = "OwedInvoiceRefund")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            @Schema(
                    example = "refund",
                    allowableValues = {"credit", "refund", "start"},
                    description =
                            "A refund that the shop owes, or that an operator was told is `processing`; what was paid for a start that Stripe made other than it was"
                                    + " asked for; or credit that should have left the customer's balance with the"
                                    + " money that it came from, below zero to be given again, and was given up after two months")
            String kind,

            UUID id,

            @Schema(example = "in_1SbCdEfGhIjKlMnO") @Nullable
            String invoiceId,

            UUID subscriptionId,
            Money amount,

            @Schema(example = "balance_insufficient", description = "Stripe's last word") @Nullable
            String reason,

            @Schema(
                    example = "no_single_payment",
                    description = "Why a person has to look at it; without it, it is tried again by itself")
            @Nullable
            String attention,

            @Schema(
                    description =
                            "Where it was dismissed before, and is owed again as money of it came back: each time")
            List<RefundDismissal> dismissals,

            Instant createdAt) {}

    @Operation(
            operationId = "listOwedInvoiceRefunds",
            summary = "Money of invoices that is owed back and not given back yet, the newest first (operators)",
            description = "What was paid after its subscription had ended, and refunds of yours that were `processing`"
                    + " when Stripe refused them, or that their bank sent back. It is tried again by itself where that can help."
                    + " A refund of the invoice by you, or at Stripe's dashboard, settles it, one of yours for as much as it is. Credit is put right by the"
                    + " customer's balance at Stripe; it is listed for two months. A refund that Stripe has made and that is"
                    + " `pending` or `requires_action`, its `reason`, for more than 60 days is listed until that changes; it cannot be"
                    + " dismissed.")
    @GetMapping("/api/admin/invoices/owed-refunds")
    Mono<Page<Shown>> owed(
            @Parameter(description = "Only what a person has to look at") @RequestParam(defaultValue = "false")
                    boolean attention,
            @Parameter(hidden = true) Paging paging) {
        return owed.page(attention, paging)
                .collectList()
                .map(rows -> Page.of(
                        rows,
                        paging,
                        shown -> new Cursor(shown.createdAt(), shown.id().toString())));
    }

    @Operation(
            operationId = "dismissOwedInvoiceRefund",
            summary = "Says that a refund of an invoice which a person has to look at is not owed any more (operators)",
            description =
                    "Of kind `refund` or `start`. It was paid outside of Stripe, say. It leaves the list, and Stripe is not asked for it"
                            + " again; no event says that it was refunded. Said again, the first word counts. It is in the"
                            + " subscription's timeline.")
    @ApiResponse(responseCode = "200", description = "Dismissed")
    @ApiResponse(
            responseCode = "409",
            description =
                    "`refund-needs-nobody`: no person has to look at it; `refund-owed-again`: you said the same before"
                            + " money of it came back, so this may be a repeat; with an `Idempotency-Key` of its own it is none")
    @PostMapping("/api/admin/invoices/owed-refunds/{id}/dismissal")
    @Idempotent(required = false, idIn = "invoice_refund_dismissals.request_id")
    Mono<RefundDismissal> dismiss(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey request,
            @Parameter(hidden = true) @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @PathVariable UUID id,
            @Valid @RequestBody RefundDismissal.Request body) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
        return startRefunds
                .has(id)
                .flatMap(ofStart -> ofStart
                        ? starts.dismiss(id, body.valid(), caller.userId())
                        : dismissals.dismiss(id, body.valid(), caller.userId(), key == null ? null : request.id()));
    }
}
