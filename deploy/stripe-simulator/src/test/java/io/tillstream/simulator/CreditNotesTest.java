package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.CreditNote;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.param.CreditNoteCreateParams;
import com.stripe.param.CreditNoteListParams;
import com.stripe.param.CreditNotePreviewParams;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.InvoiceCreateParams;
import com.stripe.param.InvoiceItemCreateParams;
import com.stripe.param.InvoicePayParams;
import com.stripe.param.PaymentMethodAttachParams;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a shop takes off an invoice once it is finalized. */
class CreditNotesTest extends RunningSimulator {
    private Invoice open(long amount) throws StripeException {
        return open(amount, List.of());
    }

    private Invoice open(long amount, List<String> taxRates) throws StripeException {
        Customer customer =
                stripe.v1().customers().create(CustomerCreateParams.builder().build());
        InvoiceItemCreateParams.Builder item = InvoiceItemCreateParams.builder()
                .setCustomer(customer.getId())
                .setCurrency("usd")
                .setAmount(amount)
                .setDescription("Work");
        taxRates.forEach(item::addTaxRate);
        stripe.v1().invoiceItems().create(item.build());
        Invoice draft = stripe.v1()
                .invoices()
                .create(InvoiceCreateParams.builder()
                        .setCustomer(customer.getId())
                        .setPendingInvoiceItemsBehavior(InvoiceCreateParams.PendingInvoiceItemsBehavior.INCLUDE)
                        .build());
        return stripe.v1().invoices().finalizeInvoice(draft.getId());
    }

    private Invoice paid(long amount) throws StripeException {
        Invoice open = open(amount);
        String card = stripe.v1()
                .paymentMethods()
                .attach(
                        "pm_card_visa",
                        PaymentMethodAttachParams.builder()
                                .setCustomer(open.getCustomer())
                                .build())
                .getId();
        return stripe.v1()
                .invoices()
                .pay(
                        open.getId(),
                        InvoicePayParams.builder().setPaymentMethod(card).build());
    }

    private static CreditNoteCreateParams.Builder note(Invoice invoice) {
        return CreditNoteCreateParams.builder().setInvoice(invoice.getId());
    }

    private Invoice read(Invoice invoice) throws StripeException {
        return stripe.v1().invoices().retrieve(invoice.getId());
    }

    @Test
    void anOpenInvoiceAsksForLessUntilItIsPaid() throws StripeException {
        Invoice open = open(3000);
        CreditNote first = stripe.v1()
                .creditNotes()
                .create(note(open)
                        .setAmount(1000L)
                        .setReason(CreditNoteCreateParams.Reason.ORDER_CHANGE)
                        .build());
        assertThat(first.getType()).isEqualTo("pre_payment");
        assertThat(first.getNumber()).isEqualTo(open.getNumber() + "-CN-01");
        assertThat(read(open).getAmountRemaining()).isEqualTo(2000);
        assertThat(read(open).getPrePaymentCreditNotesAmount()).isEqualTo(1000);
        stripe.v1().creditNotes().voidCreditNote(first.getId());
        assertThat(read(open).getAmountRemaining()).isEqualTo(3000);
        assertThat(eventsOf(first.getId())).containsExactly("credit_note.created", "credit_note.voided");
        refused(InvalidRequestException.class, () -> stripe.v1()
                .creditNotes()
                .create(note(open).setAmount(3001L).build()));
        stripe.v1().creditNotes().create(note(open).setAmount(3000L).build());
        assertThat(read(open).getStatus()).isEqualTo("paid");
        assertThat(eventsOf(open.getId())).contains("invoice.paid").doesNotContain("invoice.voided");
    }

    /** A shop that gives back a taxed line would owe the tax that it keeps. */
    @Test
    void theTaxOfALineGoesBackWithIt() throws StripeException {
        String rate = json(raw(SECRET_KEY, "POST", "/v1/tax_rates", "display_name=VAT&percentage=10&inclusive=false"))
                .path("id")
                .asString();
        Invoice open = open(3000, List.of(rate));
        assertThat(open.getTotal()).isEqualTo(3300);
        CreditNote note = stripe.v1()
                .creditNotes()
                .create(note(open)
                        .addLine(CreditNoteCreateParams.Line.builder()
                                .setType(CreditNoteCreateParams.Line.Type.INVOICE_LINE_ITEM)
                                .setInvoiceLineItem(
                                        open.getLines().getData().get(0).getId())
                                .setAmount(1000L)
                                .build())
                        .build());
        assertThat(note.getSubtotal()).isEqualTo(1000);
        assertThat(note.getTotalExcludingTax()).isEqualTo(1000);
        assertThat(note.getAmount()).isEqualTo(1100);
        assertThat(note.getTotalTaxes()).singleElement().satisfies(tax -> assertThat(tax.getAmount())
                .isEqualTo(100));
        assertThat(read(open).getAmountRemaining()).isEqualTo(2200);
        InvalidRequestException refused = refused(InvalidRequestException.class, () -> stripe.v1()
                .creditNotes()
                .create(note(open)
                        .addLine(CreditNoteCreateParams.Line.builder()
                                .setType(CreditNoteCreateParams.Line.Type.CUSTOM_LINE_ITEM)
                                .setDescription("Sorry")
                                .setUnitAmount(100L)
                                .addTaxRate(rate)
                                .build())
                        .build()));
        assertThat(refused.getCode()).isEqualTo("parameter_not_simulated");
    }

    @Test
    void ofAPaidInvoicePartIsRefundedAndPartCredited() throws StripeException {
        Invoice paid = paid(3000);
        CreditNote preview = stripe.v1()
                .creditNotes()
                .preview(CreditNotePreviewParams.builder()
                        .setInvoice(paid.getId())
                        .setAmount(1500L)
                        .setCreditAmount(1500L)
                        .build());
        assertThat(preview.getTotal()).isEqualTo(1500);
        assertThat(read(paid).getPostPaymentCreditNotesAmount()).isZero();
        refused(InvalidRequestException.class, () -> stripe.v1()
                .creditNotes()
                .create(note(paid).setAmount(1500L).setRefundAmount(1000L).build()));
        CreditNote note = stripe.v1()
                .creditNotes()
                .create(note(paid)
                        .addLine(CreditNoteCreateParams.Line.builder()
                                .setType(CreditNoteCreateParams.Line.Type.INVOICE_LINE_ITEM)
                                .setInvoiceLineItem(
                                        paid.getLines().getData().get(0).getId())
                                .setAmount(1500L)
                                .build())
                        .setRefundAmount(1000L)
                        .setCreditAmount(500L)
                        .build());
        assertThat(note.getType()).isEqualTo("post_payment");
        assertThat(note.getRefunds()).hasSize(1);
        assertThat(stripe.v1()
                        .refunds()
                        .retrieve(note.getRefunds().get(0).getRefund())
                        .getAmount())
                .isEqualTo(1000);
        assertThat(stripe.v1().customers().retrieve(paid.getCustomer()).getBalance())
                .isEqualTo(-500);
        assertThat(read(paid).getPostPaymentCreditNotesAmount()).isEqualTo(1500);
        assertThat(read(paid).getStatus()).isEqualTo("paid");
        assertThat(stripe.v1()
                        .creditNotes()
                        .list(CreditNoteListParams.builder()
                                .setInvoice(paid.getId())
                                .build())
                        .getData())
                .hasSize(1);
        assertThat(stripe.v1().creditNotes().lineItems().list(note.getId()).getData())
                .hasSize(1);
        refused(InvalidRequestException.class, () -> stripe.v1().creditNotes().voidCreditNote(note.getId()));
        refused(InvalidRequestException.class, () -> stripe.v1()
                .creditNotes()
                .create(note(paid).setAmount(1501L).setCreditAmount(1501L).build()));
        assertThat(new Browser().open(note.getPdf()).body()).startsWith("%PDF");
    }
}
