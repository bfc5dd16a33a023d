package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceItem;
import com.stripe.model.InvoicePayment;
import com.stripe.model.PaymentIntent;
import com.stripe.param.CouponCreateParams;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.InvoiceCreateParams;
import com.stripe.param.InvoiceItemCreateParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.InvoicePayParams;
import com.stripe.param.InvoicePaymentListParams;
import com.stripe.param.InvoiceRetrieveParams;
import com.stripe.param.InvoiceUpdateParams;
import com.stripe.param.PaymentIntentConfirmParams;
import com.stripe.param.PaymentMethodAttachParams;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invoices that a shop makes by hand, and what becomes of any invoice. */
class InvoicesTest extends RunningSimulator {
    @AfterEach
    void now() {
        control("PUT", "clock", "{'reset': true}");
    }

    private Customer customer(String card) throws StripeException {
        CustomerCreateParams.Builder params = CustomerCreateParams.builder().setEmail("alice@example.com");
        if (card.isEmpty()) {
            return stripe.v1().customers().create(params.build());
        }
        Customer customer = stripe.v1().customers().create(params.build());
        String method = stripe.v1()
                .paymentMethods()
                .attach(
                        card,
                        PaymentMethodAttachParams.builder()
                                .setCustomer(customer.getId())
                                .build())
                .getId();
        raw(
                SECRET_KEY,
                "POST",
                "/v1/customers/" + customer.getId(),
                "invoice_settings[default_payment_method]=" + method);
        return customer;
    }

    private InvoiceItem item(Customer customer, long amount) throws StripeException {
        return stripe.v1()
                .invoiceItems()
                .create(InvoiceItemCreateParams.builder()
                        .setCustomer(customer.getId())
                        .setCurrency("usd")
                        .setAmount(amount)
                        .setDescription("Work")
                        .build());
    }

    private static InvoiceCreateParams.Builder withItems(Customer customer) {
        return InvoiceCreateParams.builder()
                .setCustomer(customer.getId())
                .setCurrency("usd")
                .setPendingInvoiceItemsBehavior(InvoiceCreateParams.PendingInvoiceItemsBehavior.INCLUDE);
    }

    private Invoice draft(Customer customer, long amount) throws StripeException {
        item(customer, amount);
        return stripe.v1().invoices().create(withItems(customer).build());
    }

    private Invoice read(String id) throws StripeException {
        return stripe.v1()
                .invoices()
                .retrieve(
                        id,
                        InvoiceRetrieveParams.builder()
                                .addExpand("payments.data.payment.payment_intent")
                                .addExpand("confirmation_secret")
                                .build());
    }

    private PaymentIntent intent(Invoice invoice) throws StripeException {
        return read(invoice.getId()).getPayments().getData().get(0).getPayment().getPaymentIntentObject();
    }

    @Test
    void pendingItemsAreBilledOnceAndPaidByTheDefaultCard() throws StripeException {
        Customer customer = customer("pm_card_visa");
        Invoice draft = draft(customer, 2500);
        assertThat(draft.getStatus()).isEqualTo("draft");
        assertThat(draft.getNumber()).isNull();
        assertThat(draft.getTotal()).isEqualTo(2500);
        assertThat(draft.getLines().getData()).hasSize(1);
        assertThat(stripe.v1()
                        .invoices()
                        .create(withItems(customer).build())
                        .getLines()
                        .getData())
                .isEmpty();
        Invoice open = stripe.v1().invoices().finalizeInvoice(draft.getId());
        assertThat(open.getStatus()).isEqualTo("open");
        assertThat(open.getNumber()).isEqualTo(customer.getInvoicePrefix() + "-0001");
        assertThat(open.getAmountRemaining()).isEqualTo(2500);
        assertThat(read(open.getId()).getConfirmationSecret().getClientSecret())
                .isEqualTo(intent(open).getClientSecret());
        Invoice paid = stripe.v1().invoices().pay(open.getId());
        assertThat(paid.getStatus()).isEqualTo("paid");
        assertThat(paid.getAmountPaid()).isEqualTo(2500);
        assertThat(paid.getAmountRemaining()).isZero();
        assertThat(paid.getStatusTransitions().getPaidAt()).isNotNull();
        assertThat(eventsOf(open.getId()))
                .containsExactly(
                        "invoice.created",
                        "invoice.finalized",
                        "invoice.updated",
                        "invoice.paid",
                        "invoice.payment_succeeded");
        InvoicePayment payment = stripe.v1()
                .invoicePayments()
                .list(InvoicePaymentListParams.builder()
                        .setPayment(InvoicePaymentListParams.Payment.builder()
                                .setType(InvoicePaymentListParams.Payment.Type.PAYMENT_INTENT)
                                .setPaymentIntent(intent(paid).getId())
                                .build())
                        .build())
                .getData()
                .get(0);
        assertThat(payment.getInvoice()).isEqualTo(paid.getId());
        assertThat(payment.getStatus()).isEqualTo("paid");
        assertThat(payment.getAmountPaid()).isEqualTo(2500);
        assertThat(stripe.v1()
                        .invoices()
                        .list(InvoiceListParams.builder()
                                .setCustomer(customer.getId())
                                .setStatus(InvoiceListParams.Status.PAID)
                                .build())
                        .getData())
                .hasSize(1);
    }

    @Test
    void aBrowserPaysByTheConfirmationSecret() throws StripeException {
        Invoice open =
                stripe.v1().invoices().finalizeInvoice(draft(customer(""), 900).getId());
        String intent = intent(open).getId();
        refused(CardException.class, () -> stripe.v1()
                .paymentIntents()
                .confirm(
                        intent,
                        PaymentIntentConfirmParams.builder()
                                .setPaymentMethod("pm_card_chargeDeclined")
                                .build()));
        assertThat(eventsOf(open.getId())).endsWith("invoice.payment_failed");
        assertThat(read(open.getId()).getAttemptCount()).isEqualTo(1);
        stripe.v1()
                .paymentIntents()
                .confirm(
                        intent,
                        PaymentIntentConfirmParams.builder()
                                .setPaymentMethod("pm_card_visa")
                                .build());
        assertThat(read(open.getId()).getStatus()).isEqualTo("paid");
    }

    @Test
    void authenticationIsAskedForAndPaysAfterwards() throws StripeException {
        Customer customer = customer("pm_card_authenticationRequired");
        Invoice open =
                stripe.v1().invoices().finalizeInvoice(draft(customer, 900).getId());
        CardException asked =
                refused(CardException.class, () -> stripe.v1().invoices().pay(open.getId()));
        assertThat(asked.getCode()).isEqualTo("invoice_payment_intent_requires_action");
        assertThat(eventsOf(open.getId())).endsWith("invoice.payment_action_required", "invoice.payment_failed");
        control("POST", "payment_intents/" + intent(open).getId() + "/authenticate", "{'success': true}");
        assertThat(read(open.getId()).getStatus()).isEqualTo("paid");
    }

    @Test
    void aDeclineIsToldAndWithoutACardNothingIsTried() throws StripeException {
        Customer customer = customer("pm_card_chargeCustomerFail");
        Invoice open =
                stripe.v1().invoices().finalizeInvoice(draft(customer, 900).getId());
        CardException declined =
                refused(CardException.class, () -> stripe.v1().invoices().pay(open.getId()));
        assertThat(declined.getCode()).isEqualTo("card_declined");
        assertThat(read(open.getId()).getStatus()).isEqualTo("open");
        Invoice other =
                stripe.v1().invoices().finalizeInvoice(draft(customer(""), 900).getId());
        InvalidRequestException none = refused(
                InvalidRequestException.class, () -> stripe.v1().invoices().pay(other.getId()));
        assertThat(none.getMessage()).contains("no attached payment source or default payment method");
        Invoice outside = stripe.v1()
                .invoices()
                .pay(
                        other.getId(),
                        InvoicePayParams.builder().setPaidOutOfBand(true).build());
        assertThat(outside.getStatus()).isEqualTo("paid");
        assertThat(intent(outside).getStatus()).isEqualTo("canceled");
        assertThat(eventsOf(outside.getId())).contains("invoice.paid").doesNotContain("invoice.voided");
    }

    @Test
    void anInvoiceAdvancesByItselfAndIsTriedFourTimes() throws StripeException {
        Customer customer = customer("pm_card_chargeCustomerFail");
        item(customer, 1200);
        Invoice draft = stripe.v1()
                .invoices()
                .create(withItems(customer).setAutoAdvance(true).build());
        assertThat(draft.getAutomaticallyFinalizesAt()).isEqualTo(draft.getCreated() + 3600);
        control("PUT", "clock", "{'advance': 'PT1H1S'}");
        Invoice failed = read(draft.getId());
        assertThat(failed.getStatus()).isEqualTo("open");
        assertThat(failed.getAttemptCount()).isEqualTo(1);
        assertThat(failed.getNextPaymentAttempt() - draft.getCreated()).isBetween(3 * 86_400L, 3 * 86_400L + 3700);
        control("PUT", "clock", "{'advance': 'P3DT1H'}");
        assertThat(read(draft.getId()).getAttemptCount()).isEqualTo(2);
        control("PUT", "clock", "{'advance': 'P20D'}");
        Invoice givenUp = read(draft.getId());
        assertThat(givenUp.getAttemptCount()).isEqualTo(4);
        assertThat(givenUp.getNextPaymentAttempt()).isNull();
        assertThat(eventsOf(draft.getId()).stream().filter("invoice.payment_failed"::equals))
                .hasSize(4);
        assertThat(stripe.v1().customers().retrieve(customer.getId()).getDelinquent())
                .isTrue();
    }

    @Test
    void aVoidedInvoiceCannotBePaidAndGivesCreditBack() throws StripeException {
        Customer customer = customer("pm_card_visa");
        raw(
                SECRET_KEY,
                "POST",
                "/v1/customers/" + customer.getId() + "/balance_transactions",
                "amount=-500&currency=usd");
        Invoice open =
                stripe.v1().invoices().finalizeInvoice(draft(customer, 900).getId());
        assertThat(open.getStartingBalance()).isEqualTo(-500);
        assertThat(open.getEndingBalance()).isZero();
        assertThat(open.getAmountDue()).isEqualTo(400);
        assertThat(intent(open).getAmount()).isEqualTo(400);
        Invoice voided = stripe.v1().invoices().voidInvoice(open.getId());
        assertThat(voided.getStatus()).isEqualTo("void");
        assertThat(intent(voided).getStatus()).isEqualTo("canceled");
        assertThat(stripe.v1().customers().retrieve(customer.getId()).getBalance())
                .isEqualTo(-500);
        refused(InvalidRequestException.class, () -> stripe.v1().invoices().pay(open.getId()));
        refused(InvalidRequestException.class, () -> stripe.v1().invoices().voidInvoice(open.getId()));
        assertThat(eventsOf(open.getId())).endsWith("invoice.updated", "invoice.voided");
    }

    @Test
    void whatIsTooLittleOrLessThanNothingGoesToTheBalance() throws StripeException {
        Customer customer = customer("");
        Invoice credited =
                stripe.v1().invoices().finalizeInvoice(draft(customer, -700).getId());
        assertThat(credited.getStatus()).isEqualTo("paid");
        assertThat(credited.getAmountDue()).isZero();
        assertThat(stripe.v1().customers().retrieve(customer.getId()).getBalance())
                .isEqualTo(-700);
        Invoice covered =
                stripe.v1().invoices().finalizeInvoice(draft(customer, 730).getId());
        assertThat(covered.getStatus()).isEqualTo("paid");
        assertThat(covered.getEndingBalance()).isEqualTo(30);
        assertThat(eventsOf(covered.getId())).contains("invoice.paid", "invoice.payment_succeeded");
    }

    @Test
    void couponsLowerDiscountableLinesOnly() throws StripeException {
        Customer customer = customer("");
        String coupon = stripe.v1()
                .coupons()
                .create(CouponCreateParams.builder()
                        .setPercentOff(new BigDecimal("25"))
                        .setDuration(CouponCreateParams.Duration.ONCE)
                        .build())
                .getId();
        item(customer, 1000);
        stripe.v1()
                .invoiceItems()
                .create(InvoiceItemCreateParams.builder()
                        .setCustomer(customer.getId())
                        .setCurrency("usd")
                        .setAmount(600L)
                        .setDiscountable(false)
                        .build());
        Invoice invoice = stripe.v1()
                .invoices()
                .create(withItems(customer)
                        .addDiscount(InvoiceCreateParams.Discount.builder()
                                .setCoupon(coupon)
                                .build())
                        .build());
        assertThat(invoice.getSubtotal()).isEqualTo(1600);
        assertThat(invoice.getTotal()).isEqualTo(1350);
        assertThat(invoice.getTotalDiscountAmounts().get(0).getAmount()).isEqualTo(250);
        item(customer, 99);
        assertThat(stripe.v1()
                        .invoiceItems()
                        .create(InvoiceItemCreateParams.builder()
                                .setCustomer(customer.getId())
                                .setInvoice(invoice.getId())
                                .setAmount(400L)
                                .setCurrency("usd")
                                .build())
                        .getInvoice())
                .isEqualTo(invoice.getId());
        assertThat(read(invoice.getId()).getTotal()).isEqualTo(1650);
    }

    @Test
    void aDraftCanBeChangedAndDeletedAnOpenInvoiceCannot() throws StripeException {
        Customer customer = customer("");
        Invoice draft = draft(customer, 900);
        assertThat(stripe.v1()
                        .invoices()
                        .update(
                                draft.getId(),
                                InvoiceUpdateParams.builder()
                                        .setDescription("Thanks")
                                        .build())
                        .getDescription())
                .isEqualTo("Thanks");
        stripe.v1().invoices().delete(draft.getId());
        Invoice again = stripe.v1().invoices().create(withItems(customer).build());
        assertThat(again.getTotal()).isEqualTo(900);
        Invoice open = stripe.v1().invoices().finalizeInvoice(again.getId());
        InvalidRequestException late = refused(InvalidRequestException.class, () -> stripe.v1()
                .invoices()
                .update(
                        open.getId(),
                        InvoiceUpdateParams.builder().setDescription("Late").build()));
        assertThat(late.getCode()).isEqualTo("invoice_not_editable");
        refused(InvalidRequestException.class, () -> stripe.v1().invoices().delete(open.getId()));
        assertThat(stripe.v1().invoices().markUncollectible(open.getId()).getStatus())
                .isEqualTo("uncollectible");
        assertThat(List.copyOf(eventsOf(open.getId()))).endsWith("invoice.marked_uncollectible");
    }

    @Test
    void theCustomerPaysOnTheInvoicesPage() throws StripeException {
        Invoice open =
                stripe.v1().invoices().finalizeInvoice(draft(customer(""), 900).getId());
        Browser browser = new Browser();
        assertThat(browser.open(open.getHostedInvoiceUrl()).body()).contains("Pay $9.00", open.getNumber());
        assertThat(browser.submit(open.getHostedInvoiceUrl(), card("4000000000009995"))
                        .body())
                .contains("insufficient funds");
        String bank = Browser.target(browser.submit(open.getHostedInvoiceUrl(), card("4000002760003184")));
        String back = Browser.target(browser.submit(bank, Map.of("outcome", "complete")));
        assertThat(Browser.target(browser.open(back))).isEqualTo(open.getHostedInvoiceUrl());
        assertThat(browser.open(open.getHostedInvoiceUrl()).body()).contains("Invoice paid");
        assertThat(read(open.getId()).getStatus()).isEqualTo("paid");
        assertThat(browser.open(open.getInvoicePdf()).body())
                .startsWith("%PDF-1.4")
                .contains(open.getNumber());
    }

    @Test
    void aDelayedPaymentPaysWhenItArrivesAndFailsWhenItDoesNot() throws StripeException {
        Invoice open =
                stripe.v1().invoices().finalizeInvoice(draft(customer(""), 900).getId());
        Map<String, String> form = new HashMap<>(card(""));
        form.put("method", "us_bank_account");
        form.put("accountNumber", "000000000009"); // stays on its way
        Browser browser = new Browser();
        Invoice waits =
                stripe.v1().invoices().finalizeInvoice(draft(customer(""), 900).getId());
        assertThat(Browser.target(browser.submit(waits.getHostedInvoiceUrl(), form)))
                .isEqualTo(waits.getHostedInvoiceUrl());
        assertThat(browser.open(waits.getHostedInvoiceUrl()).body()).contains("Payment is processing");
        refused(InvalidRequestException.class, () -> stripe.v1().invoices().voidInvoice(waits.getId()));
        assertThat(read(waits.getId()).getStatus()).isEqualTo("open");
        form.put("accountNumber", "000111111116");
        assertThat(Browser.target(browser.submit(open.getHostedInvoiceUrl(), form)))
                .isEqualTo(open.getHostedInvoiceUrl());
        await().until(() -> eventsOf(open.getId()).contains("invoice.payment_failed"));
        form.put("accountNumber", "000123456789");
        browser.submit(open.getHostedInvoiceUrl(), form);
        await().until(() -> read(open.getId()).getStatus().equals("paid"));
        // Open until it arrived: by its events, as 50 ms may be over before anybody reads it.
        assertThat(eventsOf(intent(open).getId()))
                .containsSubsequence(
                        "payment_intent.payment_failed", "payment_intent.processing", "payment_intent.succeeded");
    }

    @Test
    void aSentInvoiceFallsDueAndIsOverdue() throws StripeException {
        Customer customer = customer("");
        item(customer, 5000);
        Invoice draft = stripe.v1()
                .invoices()
                .create(withItems(customer)
                        .setCollectionMethod(InvoiceCreateParams.CollectionMethod.SEND_INVOICE)
                        .setDaysUntilDue(30L)
                        .build());
        stripe.v1().invoices().sendInvoice(draft.getId());
        assertThat(eventsOf(draft.getId())).endsWith("invoice.finalized", "invoice.sent");
        control("PUT", "clock", "{'advance': 'P31D'}");
        assertThat(eventsOf(draft.getId())).endsWith("invoice.overdue");
        assertThat(read(draft.getId()).getAttempted()).isFalse();
    }

    private static Map<String, String> card(String number) {
        return Map.of(
                "email", "alice@example.com",
                "cardNumber", number,
                "cardExpiry", "12 / 34",
                "cardCvc", "123",
                "billingName", "Alice",
                "billingCountry", "US",
                "billingPostalCode", "12345",
                "method", "card");
    }
}
