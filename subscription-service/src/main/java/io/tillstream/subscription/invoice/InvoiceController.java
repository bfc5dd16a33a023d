package io.tillstream.subscription.invoice;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A user's own bills. */
@Tag(name = "Invoices")
@RestController
class InvoiceController {

    private final Invoices invoices;
    private final OpenInvoice open;
    private final NextInvoice next;

    InvoiceController(Invoices invoices, OpenInvoice open, NextInvoice next) {
        this.invoices = invoices;
        this.open = open;
        this.next = next;
    }

    @Operation(summary = "Your bills, the newest first")
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
            summary = "One of your bills",
            description = "One that is to be paid comes with the secret to pay it by, where Stripe has one.")
    @GetMapping("/api/invoices/{id}")
    Mono<InvoiceJson.Shown> one(@Parameter(hidden = true) Caller caller, @PathVariable String id) {
        return invoices.find(id, caller.userId())
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(open::shown);
    }

    @Operation(
            summary = "Your next bill",
            description = "Of the subscription asked for; else of the one that is billed next. 404 no-upcoming-invoice"
                    + " where nothing is to come.")
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
