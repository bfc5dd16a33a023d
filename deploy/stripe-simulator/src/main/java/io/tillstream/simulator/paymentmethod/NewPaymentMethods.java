package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Where payment methods come from: Stripe's ready ones, what a buyer types, and tokens. None is stored here. */
@Component
class NewPaymentMethods {
    private static final String ANY = "pm_";
    private static final String CARD = "pm_card_";
    private static final String US_ACCOUNT = "pm_usBankAccount_";
    private static final String SEPA_ACCOUNT = "pm_sepaDebit_";

    private final Timeline timeline;
    private final Cards cards;
    private final Tokens tokens;

    NewPaymentMethods(Timeline timeline, Cards cards, Tokens tokens) {
        this.timeline = timeline;
        this.cards = cards;
        this.tokens = tokens;
    }

    static boolean isTemplate(String id) {
        return id.startsWith(CARD)
                || id.startsWith(US_ACCOUNT)
                || id.startsWith(SEPA_ACCOUNT)
                || byOlderName(id).isPresent();
    }

    /** As the documentation named them before: {@code pm_success_at}. */
    private static Optional<TestAccount> byOlderName(String id) {
        return id.startsWith(ANY)
                ? TestBankAccounts.named(TestBankAccounts.SEPA, id.substring(ANY.length()))
                : Optional.empty();
    }

    /** One of its own for each use of {@code pm_card_…}, {@code pm_usBankAccount_…} or {@code pm_sepaDebit_…}; empty if there is no such. */
    Optional<ObjectNode> ofTemplate(String id, String param) {
        if (id.startsWith(CARD)) {
            return TestCards.named(id.substring(CARD.length())).map(this::readyCard);
        }
        Optional<TestAccount> account = id.startsWith(US_ACCOUNT)
                ? TestBankAccounts.named(TestBankAccounts.US, id.substring(US_ACCOUNT.length()))
                : id.startsWith(SEPA_ACCOUNT)
                        ? TestBankAccounts.named(TestBankAccounts.SEPA, id.substring(SEPA_ACCOUNT.length()))
                        : byOlderName(id);
        return account.map(found -> readyAccount(found, param));
    }

    private ObjectNode readyCard(TestCard card) {
        Cards.Typed ready = cards.ready(card);
        return PaymentMethodJson.card(card, ready.expMonth(), ready.expYear(), timeline.now());
    }

    private ObjectNode readyAccount(TestAccount account, String param) {
        ObjectNode method = made(account, param);
        ((ObjectNode) method.get("billing_details")).put("name", "Jenny Rosen").put("email", "jenny@example.com");
        return method;
    }

    /** What a token stands for; it serves once. */
    ObjectNode ofToken(String token, String param) {
        return tokens.spend(token, param);
    }

    /** From {@code type} and its details, as {@code payment_method_data} has them. */
    ObjectNode from(Params params) {
        String type = params.required("type");
        ObjectNode method =
                switch (type) {
                    case "card" ->
                        card(Objects.requireNonNullElseGet(params.child("card"), () -> missing(params, "card")));
                    case "customer_balance" -> PaymentMethodJson.balance(timeline.now());
                    case "us_bank_account" -> account(params, type, "account_number");
                    case "sepa_debit" -> account(params, type, "iban");
                    default ->
                        throw StripeError.malformed(
                                null,
                                "Invalid type: must be one of card, customer_balance, sepa_debit, or us_bank_account",
                                params.param("type"));
                };
        refuseBadEmail(params);
        params.copyObject(method, "billing_details", PaymentMethodJson.NO_BILLING_DETAILS);
        Metadata.apply(params, method);
        params.copy(method, "allow_redisplay");
        return method;
    }

    static void refuseBadEmail(Params params) {
        Params details = params.child("billing_details");
        if (details != null) {
            EmailAndUrlCheck.refuseBadEmail(details, "email");
        }
    }

    private ObjectNode card(Params card) {
        String token = card.text("token");
        if (token != null) {
            return ofToken(token, card.param("token"));
        }
        Cards.Typed typed = cards.read(card);
        ObjectNode method = PaymentMethodJson.card(typed.card(), typed.expMonth(), typed.expYear(), timeline.now());
        if (card.has("cvc") && !Json.present(method.path("card").path("checks"), "cvc_check")) {
            ((ObjectNode) method.get("card").get("checks")).put("cvc_check", "unchecked");
        }
        return method;
    }

    private ObjectNode account(Params params, String type, String numberParam) {
        Params details = params.child(type);
        if (details == null) {
            throw StripeError.malformed(
                    "parameter_missing", "Missing required param: " + params.param(type) + ".", params.param(type));
        }
        String number = details.required(numberParam).replace(" ", "");
        TestAccount account = TestBankAccounts.numbered(type, number)
                .orElseThrow(() -> StripeError.invalid(
                        "account_number_invalid",
                        "You must use a test bank account number in test mode.",
                        details.param(numberParam)));
        ObjectNode method = made(account, details.param(numberParam));
        if (method.get(TestBankAccounts.US) instanceof ObjectNode shown) {
            refuseOtherBank(details);
            String holder = details.oneOf("account_holder_type", "company", "individual");
            String kind = details.oneOf("account_type", "checking", "savings");
            shown.put("account_holder_type", holder == null ? "individual" : holder)
                    .put("account_type", kind == null ? "checking" : kind);
        }
        return method;
    }

    /** All test accounts are at one bank. */
    private static void refuseOtherBank(Params details) {
        String bank = details.text("routing_number");
        if (bank != null && !bank.equals(TestBankAccounts.US_BANK)) {
            throw StripeError.invalid(
                    "routing_number_invalid",
                    "You must use a test routing number in test mode: " + TestBankAccounts.US_BANK + ".",
                    details.param("routing_number"));
        }
    }

    private ObjectNode made(TestAccount account, String param) {
        account.refusal(param).ifPresent(refusal -> {
            throw refusal;
        });
        return PaymentMethodJson.account(account, timeline.now());
    }

    private static Params missing(Params params, String name) {
        throw StripeError.malformed(
                "parameter_missing", "Missing required param: " + params.param(name) + ".", params.param(name));
    }
}
