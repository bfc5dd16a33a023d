package io.tillstream.payment.fake;

import io.tillstream.payment.fake.FakeStripe.Reply;
import io.tillstream.payment.fake.FakeStripe.Request;
import io.tillstream.stripeevents.StripeEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The objects, and the events that tell of them; nobody delivers the events but the test. */
public final class StripeObjects {

    /** A card's id that is declined for the reason behind it. */
    public static final String DECLINED_FOR = "pm_card_for_";

    /** A card of this name is refused with the error code that stands behind. */
    public static final String REFUSED = "pm_refused_";

    /** A card of this name fails by an error of the type and, behind {@link #CODE}, the code that stand behind. */
    public static final String FAILED_BY = "pm_failed_by_";

    public static final String CODE = "__";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public final Map<String, ObjectNode> all = new ConcurrentHashMap<>();
    public final List<StripeEvent> events = new CopyOnWriteArrayList<>();

    /** How much of an intent can still go back, where a test says it; else as much as anybody asks for. */
    public final Map<String, LongSupplier> left = new ConcurrentHashMap<>();

    private final AtomicInteger count = new AtomicInteger((int) (System.nanoTime() % 1_000_000) * 1000);
    private final AtomicLong clock = new AtomicLong(1_790_000_000);

    Reply answer(Request request) {
        String[] path = request.path().substring("/v1/".length()).split("/");
        String kind = path[0].equals("checkout") ? "checkout/sessions" : path[0];
        int depth = path[0].equals("checkout") ? 2 : 1;
        String id = path.length > depth ? path[depth] : null;
        String action = path.length > depth + 1 ? path[depth + 1] : "";
        if (id == null) {
            return request.method().equals("GET") ? list(kind, request.form()) : create(kind, request.form());
        }
        ObjectNode object = all.get(id);
        if (object == null) {
            return new Reply(404, error("invalid_request_error", "resource_missing"));
        }
        return action.isEmpty() ? new Reply(200, object.toString()) : act(object, action);
    }

    private Reply list(String kind, Map<String, String> form) {
        var page = JSON.createObjectNode().put("object", "list").put("has_more", false);
        var data = page.putArray("data");
        String type = Map.of(
                        "payment_intents", "payment_intent",
                        "checkout/sessions", "checkout.session",
                        "refunds", "refund")
                .get(kind);
        all.values().stream()
                .filter(object -> object.get("object").stringValue().equals(type))
                .filter(object -> matches(object, form, "customer") && matches(object, form, "payment_intent"))
                .forEach(data::add);
        return new Reply(200, page.toString());
    }

    private static boolean matches(ObjectNode object, Map<String, String> form, String field) {
        return !form.containsKey(field)
                || (object.has(field)
                        && form.get(field).equals(object.get(field).asString("")));
    }

    private Reply create(String kind, Map<String, String> form) {
        return switch (kind) {
            case "customers" -> kept(object("cus", "customer", form));
            case "payment_methods" ->
                form.getOrDefault("card[token]", "").contains("used")
                        ? new Reply(400, error("invalid_request_error", "token_already_used"))
                        : kept(card(form));
            case "payment_intents" ->
                form.getOrDefault("payment_method", "").startsWith(REFUSED)
                        ? new Reply(
                                400,
                                error(
                                        "invalid_request_error",
                                        form.get("payment_method").substring(REFUSED.length())))
                        : intent(form);
            case "checkout/sessions" -> kept(session(form));
            case "refunds" -> refund(form);
            default -> throw new IllegalStateException(kind);
        };
    }

    private ObjectNode card(Map<String, String> form) {
        ObjectNode card = object("pm", "payment_method", form).put("type", "card");
        String token = form.get("card[token]");
        card.put("id", token.replace("tok_", "pm_card_"));
        return card;
    }

    private Reply intent(Map<String, String> form) {
        ObjectNode intent = object("pi", "payment_intent", form)
                .put("amount", Long.parseLong(form.get("amount")))
                .put("amount_received", 0)
                .put("currency", form.get("currency"))
                .put("customer", form.get("customer"))
                .put("status", "requires_payment_method");
        intent.put("client_secret", id(intent) + "_secret_x");
        kept(intent);
        tell("payment_intent.created", intent);
        if (!"true".equals(form.get("confirm"))) {
            return new Reply(200, intent.toString());
        }
        String card = form.get("payment_method");
        if (card.startsWith(DECLINED_FOR)) {
            return declined(intent, card.substring(DECLINED_FOR.length()));
        }
        if (card.startsWith(FAILED_BY)) {
            return failed(intent, card.substring(FAILED_BY.length()).split(CODE, 2));
        }
        if (card.contains("Declined")) {
            return declined(intent, card.contains("Insufficient") ? "insufficient_funds" : "stolen_card");
        }
        if (card.contains("3ds")) {
            intent.put("status", "requires_action");
            tell("payment_intent.requires_action", intent);
        } else if (card.contains("slow")) {
            intent.put("status", "processing");
            tell("payment_intent.processing", intent);
        } else {
            succeed(intent, intent.get("amount").longValue());
        }
        return new Reply(200, intent.toString());
    }

    private Reply failed(ObjectNode intent, String[] why) {
        ObjectNode error =
                intent.putObject("last_payment_error").put("type", why[0]).put("message", "No.");
        if (why.length > 1) {
            error.put("code", why[1]);
        }
        tell("payment_intent.payment_failed", intent);
        return new Reply(200, intent.toString());
    }

    private Reply declined(ObjectNode intent, String why) {
        intent.putObject("last_payment_error")
                .put("type", "card_error")
                .put("code", "card_declined")
                .put("decline_code", why)
                .put("message", "Your card was declined.");
        tell("payment_intent.payment_failed", intent);
        ObjectNode error = JSON.createObjectNode();
        error.putObject("error")
                .put("type", "card_error")
                .put("code", "card_declined")
                .put("decline_code", why)
                .put("message", "Your card was declined.")
                .set("payment_intent", intent.deepCopy());
        return new Reply(402, error.toString());
    }

    /** The money arrives: by our confirmation, or later by the buyer's. */
    public void succeed(ObjectNode intent, long received) {
        intent.put("status", "succeeded").put("amount_received", received).put("latest_charge", "ch_" + id(intent));
        ObjectNode charge = object("ch", "charge", Map.of())
                .put("id", "ch_" + id(intent))
                .put("status", "succeeded")
                .put("amount", received)
                .put("amount_captured", received)
                .put("currency", intent.get("currency").stringValue())
                .put("payment_intent", id(intent))
                .put("receipt_url", "https://pay.stripe.com/receipts/" + id(intent));
        charge.set("metadata", intent.get("metadata").deepCopy());
        if (intent.has("customer")) {
            charge.set("customer", intent.get("customer"));
        }
        tell("charge.succeeded", charge);
        tell("payment_intent.succeeded", intent);
    }

    private ObjectNode session(Map<String, String> form) {
        ObjectNode session = object("cs_test", "checkout.session", form)
                .put("mode", form.get("mode"))
                .put("status", "open")
                .put("payment_status", "unpaid")
                .put("customer", form.get("customer"))
                .put("currency", form.get("line_items[0][price_data][currency]"))
                .put("amount_total", total(form));
        return session.put("url", "https://checkout.stripe.com/c/pay/" + id(session));
    }

    private static long total(Map<String, String> form) {
        long total = 0;
        for (int i = 0; form.containsKey("line_items[" + i + "][quantity]"); i++) {
            total += Long.parseLong(form.get("line_items[" + i + "][quantity]"))
                    * Long.parseLong(form.get("line_items[" + i + "][price_data][unit_amount]"));
        }
        return total;
    }

    /** The buyer pays on Stripe's page. */
    public ObjectNode paySession(ObjectNode session) {
        ObjectNode intent = object("pi", "payment_intent", Map.of())
                .put("amount", session.get("amount_total").longValue())
                .put("currency", session.get("currency").stringValue())
                .put("customer", session.get("customer").stringValue());
        intent.set("metadata", session.get("metadata").deepCopy());
        kept(intent);
        succeed(intent, intent.get("amount").longValue());
        session.put("status", "complete").put("payment_status", "paid").put("payment_intent", id(intent));
        tell("checkout.session.completed", session);
        return intent;
    }

    private Reply refund(Map<String, String> form) {
        long amount = Long.parseLong(form.get("amount"));
        if (amount > left.getOrDefault(form.get("payment_intent"), () -> amount).getAsLong()) {
            return new Reply(400, error("invalid_request_error", "charge_already_refunded"));
        }
        ObjectNode refund = object("re", "refund", form)
                .put("amount", amount)
                .put(
                        "currency",
                        all.get(form.get("payment_intent")).get("currency").stringValue())
                .put("payment_intent", form.get("payment_intent"))
                .put("status", "succeeded");
        tell("refund.created", refund);
        return kept(refund);
    }

    private Reply act(ObjectNode object, String action) {
        String status = object.get("status").stringValue();
        if (action.equals("cancel") && !status.equals("succeeded") && !status.equals("processing")) {
            object.put("status", "canceled");
            tell("payment_intent.canceled", object);
        } else if (action.equals("expire") && status.equals("open")) {
            object.put("status", "expired");
            tell("checkout.session.expired", object);
        } else {
            return new Reply(400, error("invalid_request_error", "payment_intent_unexpected_state"));
        }
        return new Reply(200, object.toString());
    }

    /** An event as it would be delivered; several share one second. */
    public StripeEvent tell(String type, ObjectNode object) {
        ObjectNode event = JSON.createObjectNode()
                .put("id", "evt_" + count.incrementAndGet())
                .put("object", "event")
                .put("type", type)
                .put("livemode", false)
                .put("created", clock.get() + count.get() / 3);
        event.putObject("data").set("object", object.deepCopy());
        StripeEvent read = StripeEvent.read(event.toString().getBytes(StandardCharsets.UTF_8));
        events.add(read);
        return read;
    }

    public ObjectNode object(String prefix, String type, Map<String, String> form) {
        ObjectNode object = JSON.createObjectNode()
                .put("id", prefix + "_" + count.incrementAndGet())
                .put("object", type);
        ObjectNode metadata = object.putObject("metadata");
        form.forEach((name, value) -> {
            if (name.startsWith("metadata[")) {
                metadata.put(name.substring("metadata[".length(), name.length() - 1), value);
            }
        });
        return object;
    }

    private Reply kept(ObjectNode object) {
        all.put(id(object), object);
        return new Reply(200, object.toString());
    }

    public List<ObjectNode> ofAttempt(String type, Object attempt) {
        return all.values().stream()
                .filter(object -> object.get("object").stringValue().equals(type))
                .filter(object -> attempt.toString()
                        .equals(object.path("metadata").path("attempt_id").asString("")))
                .toList();
    }

    public static String id(ObjectNode object) {
        return object.get("id").stringValue();
    }

    static String error(String type, String code) {
        return "{\"error\":{\"type\":\"" + type + "\",\"code\":\"" + code + "\",\"message\":\"No.\"}}";
    }
}
