package io.tillstream.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** A shop's own small web site: where Stripe sends the buyer back to, and a page that pays with Stripe.js. */
final class ShopPage {
    private static final HttpServer SERVER = serve();

    private ShopPage() {}

    static String origin() {
        return "http://127.0.0.1:" + SERVER.getAddress().getPort();
    }

    /**
     * {@code /pay} collects a card in Elements and confirms the payment of the client secret; {@code /next} does what the
     * payment waits for, as 3-D Secure.
     */
    static String page(String path, String stripeJs, String publishableKey, String clientSecret) {
        return origin() + path + "?js=" + Simulator.encoded(stripeJs) + "&key=" + Simulator.encoded(publishableKey)
                + "&secret=" + Simulator.encoded(clientSecret);
    }

    private static HttpServer serve() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> answer(exchange, "<h1 id=\"there\">" + name(exchange) + "</h1>"));
            server.createContext("/pay", exchange -> answer(exchange, PAGE.replace("WORK", PAY)));
            server.createContext("/next", exchange -> answer(exchange, PAGE.replace("WORK", NEXT)));
            server.setExecutor(Executors.newFixedThreadPool(2, task -> {
                Thread thread = new Thread(task, "shop-page");
                thread.setDaemon(true);
                return thread;
            }));
            server.start();
            return server;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    private static String name(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().substring(1);
    }

    private static void answer(HttpExchange exchange, String page) throws IOException {
        byte[] body = page.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static final String PAGE = """
        <!doctype html>
        <title>Pay</title>
        <form id="form"><div id="element"></div><button id="pay">Pay</button></form>
        <p id="outcome"></p>
        <script>
          const asked = new URLSearchParams(location.search);
          const say = text => document.getElementById('outcome').textContent = text;
          const told = answer => say(answer.error
            ? 'error ' + (answer.error.decline_code || answer.error.code)
            : 'payment ' + answer.paymentIntent.status);
          const script = document.createElement('script');
          script.src = asked.get('js');
          script.onerror = () => say('no Stripe.js');
          script.onload = () => {
            const stripe = Stripe(asked.get('key'));
            WORK
          };
          document.head.append(script);
        </script>
        """;

    private static final String PAY = """
        const elements = stripe.elements({clientSecret: asked.get('secret')});
        const element = elements.create('payment');
        element.on('ready', () => say('ready'));
        element.mount('#element');
        document.getElementById('form').addEventListener('submit', async submit => {
          submit.preventDefault();
          say('paying');
          told(await stripe.confirmPayment({
            elements,
            redirect: 'if_required',
            confirmParams: {return_url: location.origin + '/done'},
          }));
        });
        """;

    private static final String NEXT = """
        stripe.handleNextAction({clientSecret: asked.get('secret')}).then(told);
        """;
}
