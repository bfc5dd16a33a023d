package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.state.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.util.MultiValueMap;

/** What a buyer typed into the hosted page, in the terms of the API. */
public final class PageForm {
    private static final String WORKING_ACCOUNT = "000123456789"; // Stripe's test account whose debit succeeds
    private static final String WORKING_IBAN = "AT611904300234573201";

    private PageForm() {}

    static SessionCustomers.Buyer buyer(MultiValueMap<String, String> form) {
        return new SessionCustomers.Buyer(
                text(form, "email"),
                text(form, "billingName"),
                text(form, "billingCountry"),
                text(form, "billingPostalCode"));
    }

    public static Map<String, String> paymentMethod(MultiValueMap<String, String> form) {
        Map<String, String> method = new HashMap<>();
        String type = text(form, "method");
        method.put("type", type.isEmpty() ? "card" : type);
        method.put("billing_details[email]", text(form, "email"));
        method.put("billing_details[name]", text(form, "billingName"));
        method.put("billing_details[address][country]", text(form, "billingCountry"));
        method.put("billing_details[address][postal_code]", text(form, "billingPostalCode"));
        switch (type) {
            case "us_bank_account" -> {
                method.put("us_bank_account[account_number]", or(text(form, "accountNumber"), WORKING_ACCOUNT));
                method.put("us_bank_account[routing_number]", "110000000");
                method.put("us_bank_account[account_holder_type]", "individual");
                method.put("billing_details[name]", or(text(form, "billingName"), "Jenny Rosen"));
            }
            case "sepa_debit" -> method.put("sepa_debit[iban]", or(text(form, "iban"), WORKING_IBAN));
            default -> card(form, method);
        }
        return method;
    }

    /** The id of the payment method: one that is there already, {@code payment_method}, or one made of what was typed. */
    static String method(OwnCalls stripe, Map<String, String> typed) {
        String known = typed.get("payment_method");
        return known == null ? Json.textOf(stripe.post("/v1/payment_methods", typed), "id") : known;
    }

    /** A page has the buyer accept the mandate for a debit, so it confirms with that; a card makes nothing of it. */
    public static Map<String, String> accepted(Map<String, String> how) {
        Map<String, String> accepted = new HashMap<>(how);
        accepted.put("mandate_data[customer_acceptance][type]", "online");
        accepted.put("mandate_data[customer_acceptance][online][ip_address]", "127.0.0.1");
        accepted.put("mandate_data[customer_acceptance][online][user_agent]", "Hosted page");
        return accepted;
    }

    private static void card(MultiValueMap<String, String> form, Map<String, String> method) {
        String typed = text(form, "cardExpiry").replace(" ", "");
        boolean plain = typed.matches("\\d{4}|\\d{6}");
        String[] expiry = (plain ? typed.substring(0, 2) + "/" + typed.substring(2) : typed).split("/", 2);
        method.put("card[number]", or(text(form, "cardNumber").replace(" ", ""), "0"));
        method.put("card[exp_month]", or(expiry[0], "0"));
        method.put("card[exp_year]", or(expiry.length > 1 ? expiry[1] : "", "0"));
        method.put("card[cvc]", text(form, "cardCvc"));
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    /** What the buyer typed as a promotion code; empty for none. */
    static String promotionCode(MultiValueMap<String, String> form) {
        return text(form, "promotionCode");
    }

    private static String text(MultiValueMap<String, String> form, String name) {
        return Objects.requireNonNullElse(form.getFirst(name), "").strip();
    }
}
