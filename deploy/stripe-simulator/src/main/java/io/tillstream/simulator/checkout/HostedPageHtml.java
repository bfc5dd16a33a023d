package io.tillstream.simulator.checkout;

import io.tillstream.simulator.page.Amounts;
import io.tillstream.simulator.page.Template;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** How the hosted page looks. */
@Component
public class HostedPageHtml {
    private static final Template FORM = Template.load("checkout.html");
    private static final Template LINE = Template.load("checkout-line.html");
    private static final Template PROMOTION = Template.load("checkout-promotion.html");
    private static final Template NOTICE = Template.load("notice.html");
    private static final Template LEAVE = Template.load("leave-frame.html");

    private final LineItems lines;
    private final Stores stores;

    HostedPageHtml(LineItems lines, Stores stores) {
        this.lines = lines;
        this.stores = stores;
    }

    /** Within a turn of the timeline. Of what was typed, card data is not given back. */
    String form(ObjectNode session, @Nullable String refusal, Map<String, String> typed) {
        Map<String, String> values = new HashMap<>();
        boolean setup = Json.is(session, "mode", "setup");
        String currency = Objects.requireNonNullElse(Json.text(session, "currency"), "usd");
        String total = Amounts.spoken(Json.number(session, "amount_total"), currency);
        String id = Json.textOf(session, "id");
        values.put("action", "/c/pay/" + id);
        values.put("total", setup ? "" : total);
        boolean free = Json.number(session, "amount_total") == 0;
        boolean subscribes = Json.is(session, "mode", "subscription");
        values.put("heading", setup ? "Save a card for later" : subscribes ? "Subscribe: due today" : "Total to pay");
        values.put("button", setup ? "Save card" : subscribes ? free ? "Start trial" : "Subscribe" : "Pay " + total);
        boolean optional = subscribes && free && Json.is(session, "payment_method_collection", "if_required");
        values.put("required", optional ? "" : "required");
        values.put("promotion", promotion(session, typed));
        values.put("lines", lineRows(id, currency) + localized(AdaptivePricing.presentment(session)));
        values.put(
                "refusal",
                refusal == null ? "" : "<p class=\"refusal\" role=\"alert\">" + Template.escape(refusal) + "</p>");
        values.put("cancel", cancelLink(session));
        values.put("email", typed.getOrDefault("email", knownEmail(session)));
        values.put("billingName", typed.getOrDefault("billingName", ""));
        values.put("billingPostalCode", typed.getOrDefault("billingPostalCode", ""));
        values.put("delayed", delayedButtons(session));
        return FORM.fill(values);
    }

    /** What it comes to in the buyer's own currency, which they pay in. */
    private static String localized(@Nullable ObjectNode presentment) {
        return presentment == null
                ? ""
                : LINE.fill(Map.of(
                        "description",
                        "In your currency",
                        "quantity",
                        "",
                        "amount",
                        Amounts.spoken(
                                Json.number(presentment, "presentment_amount"),
                                Json.textOf(presentment, "presentment_currency"))));
    }

    private String lineRows(String session, String currency) {
        StringBuilder rows = new StringBuilder();
        List<ObjectNode> all = lines.of(session);
        for (ObjectNode line : all) {
            rows.append(LINE.fill(Map.of(
                    "description", Objects.requireNonNullElse(Json.text(line, "description"), "Item"),
                    "quantity", Json.number(line, "quantity") + every(line),
                    "amount", Amounts.spoken(Json.number(line, "amount_total"), currency))));
        }
        return rows.toString();
    }

    private static String promotion(ObjectNode session, Map<String, String> typed) {
        return Json.isTrue(session, "allow_promotion_codes")
                ? PROMOTION.fill(Map.of("promotionCode", typed.getOrDefault("promotionCode", "")))
                : "";
    }

    /** Of a recurring price, how often it is paid. */
    private static String every(ObjectNode line) {
        String interval = Json.text(line, "price.recurring.interval");
        long count = Json.number(line.path("price").path("recurring"), "interval_count");
        return interval == null ? "" : count == 1 ? ", each " + interval : ", every " + count + " " + interval + "s";
    }

    private static String cancelLink(ObjectNode session) {
        String url = Json.text(session, "cancel_url");
        return url == null
                ? ""
                : "<a class=\"back\" id=\"cancel\" href=\"" + Template.escape(url) + "\">&larr; Back</a>";
    }

    private String knownEmail(ObjectNode session) {
        String given = Json.text(session, "customer_email");
        String customer = Json.text(session, "customer");
        if (given != null || customer == null) {
            return Objects.requireNonNullElse(given, "");
        }
        return stores.find(customer).map(found -> Json.text(found, "email")).orElse("");
    }

    /** A payment that takes days to arrive, with one button: the test account stands for all that one would type. */
    public static String delayedButtons(ObjectNode payable) {
        return StreamSupport.stream(payable.path("payment_method_types").spliterator(), false)
                .map(type -> type.asString())
                .filter(type -> !type.equals("card"))
                .map(type -> "<button class=\"second\" type=\"submit\" name=\"method\" formnovalidate value=\"" + type
                        + "\" id=\""
                        + type + "\">Pay by "
                        + (type.equals("sepa_debit") ? "SEPA direct debit" : "US bank account")
                        + " (takes days)</button>")
                .reduce("", String::concat);
    }

    String notice(String title, String text, @Nullable String back) {
        String link = back == null || back.isEmpty()
                ? ""
                : "<p><a target=\"_top\" href=\"" + Template.escape(back) + "\">Go on</a></p>";
        return NOTICE.fill(Map.of("title", title, "text", text, "link", link));
    }

    /** Out of the frame of an embedded page, or a word to the page around it. */
    String leaveFrame(ObjectNode session, String url) {
        return LEAVE.fill(Map.of(
                "url", Json.is(session, "redirect_on_completion", "always") ? url : "",
                "link", url.isEmpty() ? "#" : url));
    }
}
