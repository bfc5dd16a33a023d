package io.tillstream.subscription.invoice;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A user's own invoices. */
@Tag(name = "Invoices")
@RestController
class InvoiceController {

    private final Invoices invoices;
    private final OwnInvoiceReader own;
    private final OpenInvoiceReader open;
    private final UpcomingInvoiceReader next;
    private final InvoicePaymentFlow payment;

    InvoiceController(
            Invoices invoices,
            OwnInvoiceReader own,
            OpenInvoiceReader open,
            UpcomingInvoiceReader next,
            InvoicePaymentFlow payment) {
        this.invoices = invoices;
        this.own = own;
        this.open = open;
        this.next = next;
        this.payment = payment;
    }

    @Operation(operationId = "listInvoices", summary = "Your invoices, the newest first")
    @ApiResponse(responseCode = "200", description = "A page of them")
    @ApiResponse(responseCode = "404", description = "`not-found`: no subscription of yours has this id")
    @GetMapping("/api/invoices")
    Mono<Page<InvoiceJson.Shown>> list(
            @Parameter(hidden = true) Caller caller,
            @RequestParam(required = false) @Nullable String subscriptionId,
            @Parameter(hidden = true) Paging paging) {
        UUID subscription = subscriptionId == null ? null : uuid(subscriptionId);
        return invoices.page(caller.userId(), subscription, paging)
                .collectList()
                .map(rows -> Page.of(
                                rows,
                                paging,
                                invoice -> new Cursor(invoice.bill().issuedAt(), invoice.id()))
                        .map(InvoiceJson.Shown::of));
    }

    @Operation(
            operationId = "getInvoice",
            summary = "One of your invoices",
            description = "One that is to be paid comes with the secret to pay it by, where Stripe has one.")
    @GetMapping("/api/invoices/{id}")
    Mono<InvoiceJson.Shown> one(@Parameter(hidden = true) Caller caller, @PathVariable String id) {
        return own.find(id, caller.userId()).flatMap(open::shown);
    }

    @Operation(
            operationId = "payInvoice",
            summary = "Pay one of your invoices now",
            description =
                    "With one of your saved cards, or with whatever card pays the subscription. Where the bank wants"
                            + " to see you, `actionRequired` is true and `clientSecret` confirms the payment.")
    @ApiResponse(responseCode = "200", description = "Paid, or waiting for you")
    @ApiResponse(
            responseCode = "202",
            description = "Stripe has not answered yet; the invoice as it is known. The same request asks again.")
    @ApiResponse(
            responseCode = "402",
            description = "`card-declined`: `failure` tells why, and the invoice is still open",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    @ApiResponse(
            responseCode = "409",
            description =
                    "`invoice-paid`, `invoice-not-open`, `subscription-ended`, `payment-refused`, `period-not-paid`: it is of a"
                            + " change, and money of the period that this takes for paid went back",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    @ApiResponse(
            responseCode = "429",
            description = "`too-many-payment-tries` after 15 tries of the subscription's invoices in a day;"
                    + " `too-many-requests`",
            content = @Content(mediaType = "application/problem+json", schema = @Schema(ref = "Problem")))
    @PostMapping("/api/invoices/{id}/pay")
    @Idempotent(keepsAccepted = false, idIn = "payment_tries.request_id")
    Mono<ResponseEntity<InvoiceJson.Shown>> pay(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @PathVariable String id,
            @Valid @RequestBody InvoiceJson.Pay request) {
        return payment.pay(new InvoicePaymentFlow.PayCommand(caller.userId(), id, key.id(), request.paymentMethodId()))
                .map(done -> ResponseEntity.status(done.settled() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                        .body(done.invoice()));
    }

    @Operation(
            operationId = "getUpcomingInvoice",
            summary = "Your next invoice",
            description = "Of the subscription asked for; else of the one that is billed next. 404 no-upcoming-invoice"
                    + " where nothing is to come.")
    @ApiResponse(responseCode = "200", description = "As far as is known now")
    @ApiResponse(responseCode = "404", description = "`no-upcoming-invoice`")
    @ApiResponse(
            responseCode = "409",
            description =
                    "`upcoming-invoice-refused`: Stripe does not reckon it, for an address say that it cannot tax")
    @GetMapping("/api/invoices/upcoming")
    Mono<InvoiceJson.Upcoming> upcoming(
            @Parameter(hidden = true) Caller caller, @RequestParam(required = false) @Nullable String subscriptionId) {
        return next.of(caller.userId(), subscriptionId == null ? null : uuid(subscriptionId));
    }

    private static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw Problem.notFound();
        }
    }
}
