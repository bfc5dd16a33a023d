package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import tools.jackson.databind.node.ObjectNode;

/** The payment method objects as they look. */
final class PaymentMethodJson {
    static final ObjectNode NO_BILLING_DETAILS = Json.literal(
            "{'address':{'city':null,'country':null,'line1':null,'line2':null,'postal_code':null,'state':null},"
                    + "'email':null,'name':null,'phone':null,'tax_id':null}");

    private PaymentMethodJson() {}

    static ObjectNode card(TestCard card, int expMonth, int expYear, long created) {
        ObjectNode method = common("card", created);
        ObjectNode details = method.putObject("card");
        details.put("brand", card.brand());
        details.set("checks", checks(card.behavior()));
        details.put("country", card.country()).put("display_brand", displayBrand(card));
        details.put("exp_month", expMonth).put("exp_year", expYear);
        details.put("fingerprint", card.fingerprint()).put("funding", card.funding());
        details.putNull("generated_from").put("last4", card.lastFour());
        ObjectNode networks = details.putObject("networks");
        networks.putArray("available").add(card.brand());
        networks.putNull("preferred");
        details.put("regulated_status", "unregulated");
        details.putObject("three_d_secure_usage").put("supported", !card.brand().equals("discover"));
        details.putNull("wallet");
        return method;
    }

    /** Pays with what the customer has sent by bank transfer. */
    static ObjectNode balance(long created) {
        ObjectNode method = common("customer_balance", created);
        method.putObject("customer_balance");
        return method;
    }

    static ObjectNode account(TestAccount account, long created) {
        ObjectNode method = common(account.type(), created);
        ObjectNode details = method.putObject(account.type());
        if (account.type().equals("sepa_debit")) {
            details.put("bank_code", account.number().substring(4, 9));
            details.put("branch_code", "").put("country", account.number().substring(0, 2));
            details.put("fingerprint", account.fingerprint());
            details.set("generated_from", Json.literal("{'charge':null,'setup_attempt':null}"));
            details.put("last4", account.lastFour());
            return method;
        }
        details.put("account_holder_type", "individual").put("account_type", "checking");
        details.put("bank_name", "STRIPE TEST BANK").putNull("financial_connections_account");
        details.put("fingerprint", account.fingerprint()).put("last4", account.lastFour());
        details.set("networks", Json.literal("{'preferred':'ach','supported':['ach']}"));
        details.put("routing_number", TestBankAccounts.US_BANK).putNull("status_details");
        return method;
    }

    private static ObjectNode common(String type, long created) {
        ObjectNode method = Json.object("payment_method", Ids.next("pm"));
        method.put("allow_redisplay", "unspecified");
        method.set("billing_details", NO_BILLING_DETAILS.deepCopy());
        method.put("created", created).putNull("customer").putNull("customer_account");
        method.put("livemode", false).putObject("metadata");
        return method.put("type", type);
    }

    private static ObjectNode checks(Behavior behavior) {
        String line1 = behavior == Behavior.AVS_FAILS || behavior == Behavior.AVS_LINE1_FAILS ? "fail" : null;
        String zip = behavior == Behavior.AVS_FAILS || behavior == Behavior.AVS_ZIP_FAILS ? "fail" : null;
        String unchecked = behavior == Behavior.AVS_UNCHECKED ? "unchecked" : null;
        String cvc = behavior == Behavior.CVC_CHECK_FAILS || behavior == Behavior.INCORRECT_CVC ? "fail" : null;
        return Json.object()
                .put("address_line1_check", line1 == null ? unchecked : line1)
                .put("address_postal_code_check", zip == null ? unchecked : zip)
                .put("cvc_check", cvc);
    }

    static String displayBrand(TestCard card) {
        return switch (card.brand()) {
            case "amex" -> "american_express";
            case "diners" -> "diners_club";
            default -> card.brand();
        };
    }

    /** The brand as the older card and token objects spell it. */
    static String spokenBrand(String brand) {
        return switch (brand) {
            case "visa" -> "Visa";
            case "mastercard" -> "MasterCard";
            case "amex" -> "American Express";
            case "discover" -> "Discover";
            case "diners" -> "Diners Club";
            case "jcb" -> "JCB";
            default -> "UnionPay";
        };
    }
}
