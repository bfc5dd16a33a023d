package io.tillstream.subscription.invoice;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.events.Money;
import io.tillstream.subscription.invoice.InvoiceState.Amounts;
import jakarta.validation.constraints.Pattern;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Invoices as JSON. */
final class InvoiceJson {

    private InvoiceJson() {}

    /** One line. */
    @Schema(name = "InvoiceLine")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Line(
            @Nullable String description,
            Money amount,
            long quantity,

            @Schema(description = "For a part of a period, after a change")
            boolean proration,

            @Nullable Instant periodStart,
            @Nullable Instant periodEnd) {

        private static List<Line> of(List<InvoiceLine> lines, String currency) {
            return lines.stream()
                    .map(line -> new Line(
                            line.description(),
                            new Money(line.amount(), currency),
                            line.quantity(),
                            line.proration(),
                            line.periodStart(),
                            line.periodEnd()))
                    .toList();
        }
    }

    /** An invoice that was made. */
    @Schema(name = "Invoice")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            @Schema(description = "Stripe's id", example = "in_1SbCdEfGhIjKlMnO")
            String id,

            UUID subscriptionId,
            @Nullable String number,

            @Schema(allowableValues = {"open", "paid", "uncollectible", "void"})
            String status,

            @Schema(description = "Why it was made: subscription_create, subscription_cycle, subscription_update, ...")
            @Nullable
            String billingReason,

            Money subtotal,
            Money total,
            Money amountDue,
            Money amountPaid,
            Money amountRemaining,
            Money amountRefunded,

            @Schema(description = "What of the total your credit pays")
            Money creditUsed,

            @Schema(
                    description =
                            "What stays as your credit for the bills to come, after a change to something cheaper")
            Money creditGiven,

            @Schema(description = "Tries to collect it so far")
            int attempts,

            @Nullable Instant nextAttemptAt,

            @Schema(description = "The bank wants to see its user: pay it on hostedUrl, or with clientSecret")
            boolean actionRequired,

            @Schema(description = "Only of one that is to be paid, and only asked for by itself: confirms its payment")
            @Nullable
            String clientSecret,

            @Schema(description = "Stripe's page of it, where it can be paid") @Nullable
            String hostedUrl,

            @Nullable String pdfUrl,
            @Nullable Instant periodStart,
            @Nullable Instant periodEnd,
            @Nullable Instant dueAt,
            Instant createdAt,
            @Nullable Instant paidAt,
            List<Line> lines) {

        static Shown of(Invoice invoice) {
            return of(invoice, null);
        }

        static Shown of(Invoice invoice, @Nullable String clientSecret) {
            return of(invoice, clientSecret, invoice.actionRequired());
        }

        /** The bank wants to see its user before it is paid. */
        static Shown toConfirm(Invoice invoice, @Nullable String clientSecret) {
            return of(invoice, clientSecret, true);
        }

        private static Shown of(Invoice invoice, @Nullable String clientSecret, boolean actionRequired) {
            InvoiceState bill = invoice.bill();
            Amounts amounts = bill.amounts();
            String currency = amounts.currency();
            return new Shown(
                    bill.id(),
                    invoice.subscriptionId(),
                    bill.number(),
                    bill.status().text(),
                    bill.billingReason(),
                    new Money(amounts.subtotal(), currency),
                    new Money(amounts.total(), currency),
                    new Money(amounts.due(), currency),
                    new Money(amounts.paid(), currency),
                    new Money(amounts.remaining(), currency),
                    new Money(invoice.refunded(), currency),
                    new Money(amounts.creditUsed(), currency),
                    new Money(amounts.creditGiven(), currency),
                    bill.attempts(),
                    bill.nextAttemptAt(),
                    actionRequired,
                    clientSecret,
                    bill.links().hosted(),
                    bill.links().pdf(),
                    bill.periodStart(),
                    bill.periodEnd(),
                    bill.dueAt(),
                    bill.issuedAt(),
                    bill.paidAt(),
                    Line.of(bill.lines(), currency));
        }

        @Override
        public String toString() {
            return "Shown[" + id + ", " + status + "]"; // it may hold a secret
        }
    }

    @Schema(name = "InvoicePaymentRequest")
    record Pay(
            @Nullable
            @Pattern(regexp = "pm_[A-Za-z0-9_]{1,120}")
            @Schema(description = "One of your saved cards; left out: whatever card pays the subscription")
            String paymentMethodId) {}

    /** The invoice that is to come, as far as is known now. */
    @Schema(name = "UpcomingInvoice")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Upcoming(
            UUID subscriptionId,
            Money subtotal,
            Money total,
            Money amountDue,

            @Schema(description = "The credit that you have now, from a change to something cheaper say")
            Money credit,

            @Schema(description = "What of the total it will pay")
            Money creditUsed,

            Instant periodStart,
            @Nullable Instant periodEnd,

            @Schema(description = "When it will be made") @Nullable
            Instant dueAt,

            List<Line> lines) {

        static Upcoming of(UUID subscriptionId, UpcomingInvoice bill) {
            Amounts amounts = bill.amounts();
            String currency = amounts.currency();
            return new Upcoming(
                    subscriptionId,
                    new Money(amounts.subtotal(), currency),
                    new Money(amounts.total(), currency),
                    new Money(amounts.due(), currency),
                    new Money(bill.credit(), currency),
                    new Money(amounts.creditUsed(), currency),
                    bill.from(),
                    bill.to(),
                    bill.dueAt(),
                    Line.of(bill.lines(), currency));
        }
    }
}
