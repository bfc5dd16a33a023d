package io.tillstream.chaos.plan;

import java.util.ArrayList;
import java.util.List;

/** What is done in one step. */
public enum Operation {
    CARD(12, "an order is paid by card, in one request; some are declined"),
    SAVED_CARD(8, "an order is paid with a saved card"),
    TOKEN(3, "an order is paid with a card token"),
    ELEMENT(8, "an order is paid in the browser, with the Payment Element"),
    CHECKOUT(8, "an order is paid on Stripe's hosted page"),
    TWO_PAGES(3, "two pages are opened for one order, and both are paid"),
    AUTHENTICATION(6, "the bank asks for the buyer, who confirms or gives up"),
    DELAYED(5, "an order is paid by a bank debit, which succeeds or fails later"),
    PAY_AND_CANCEL(7, "an order is paid and canceled at the same time"),
    PAY_TWICE(5, "an order is paid from two windows at the same time"),
    CANCEL(3, "an order is canceled"),
    HANG_UP(8, "the client goes away before the answer, and asks again with the same key"),
    SAME_KEY(6, "one request is sent three times with one key, two of them at once"),
    OTHER_BODY(3, "a key comes again with another body"),
    REFUND(8, "the operator gives money back, all or a part"),
    DISPUTE(3, "a buyer's bank disputes a payment, and later decides"),
    ADD_CARD(4, "a card is saved"),
    REGISTER(3, "somebody tells name and e-mail address, or changes the name"),
    REMOVE_CARD(2, "a card is removed"),
    SUBSCRIBE(6, "a subscription begins, with a saved card or in the browser"),
    SUBSCRIBE_ON_PAGE(2, "a subscription begins on Stripe's page"),
    CHANGE_PLAN(3, "a subscription changes plan or quantity, now or later"),
    END_SUBSCRIPTION(3, "a subscription is canceled, now or at the period's end, or resumed"),
    PAY_INVOICE(2, "an open invoice is paid"),
    TIME_PASSES(
            2, "Stripe's clock goes on by days, at a round's beginning: renewals, trials' ends, new tries to collect"),
    LOOK(6, "somebody reads orders, timelines, invoices and entitlements");

    private final int weight;
    private final String meaning;

    /** @param weight how often it comes, beside the others */
    Operation(int weight, String meaning) {
        this.weight = weight;
        this.meaning = meaning;
    }

    public String meaning() {
        return meaning;
    }

    /** Each as often as it weighs: to draw from. */
    static List<Operation> weighted() {
        List<Operation> all = new ArrayList<>();
        for (Operation operation : values()) {
            for (int i = 0; i < operation.weight; i++) {
                all.add(operation);
            }
        }
        return all;
    }
}
