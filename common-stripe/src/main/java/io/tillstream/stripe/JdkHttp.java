package io.tillstream.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpContent;
import com.stripe.net.HttpHeaders;
import com.stripe.net.RequestOptions;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import com.stripe.net.StripeResponseStream;
import java.io.ByteArrayInputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Carries stripe-java's requests over the JDK's HTTP client. To Stripe they look as those of stripe-java's own carrier,
 * HttpURLConnection, which is not used for what it does when something breaks: it sends a POST a second time by itself,
 * so that a refused second connection looks as if nothing had been sent; its read time-out starts anew with every byte;
 * it makes a GET of a POST that is redirected; and it keeps five connections, where thirty calls run at once.
 */
final class JdkHttp extends HttpClient {

    /** What holds for a connection; almost always there is one. */
    private record Route(int connectTimeout, @Nullable Proxy proxy) {}

    private static final int PROXY_WANTS_CREDENTIALS = 407;

    static {
        // Java 17 keeps an idle connection for 20 minutes, NAT gateways for as little as 350 s: the POST that finds out
        // has an unknown outcome. 30 s is what the JDK itself chose later.
        if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) {
            System.setProperty("jdk.httpclient.keepalive.timeout", "30");
        }
    }

    private final Map<Route, java.net.http.HttpClient> clients = new ConcurrentHashMap<>();

    @Override
    public StripeResponse request(StripeRequest request) throws ApiConnectionException {
        HttpResponse<byte[]> response = answer(request);
        return new StripeResponse(
                response.statusCode(), headers(response), new String(response.body(), StandardCharsets.UTF_8));
    }

    /** Read to its end first, so that the whole has the time of one answer. */
    @Override
    public StripeResponseStream requestStream(StripeRequest request) throws ApiConnectionException {
        HttpResponse<byte[]> response = answer(request);
        return new StripeResponseStream(
                response.statusCode(), headers(response), new ByteArrayInputStream(response.body()));
    }

    private static HttpHeaders headers(HttpResponse<?> response) {
        return HttpHeaders.of(response.headers().map());
    }

    private HttpResponse<byte[]> answer(StripeRequest request) throws ApiConnectionException {
        RequestOptions options = request.options();
        Duration total = Duration.ofMillis((long) options.getConnectTimeout() + options.getReadTimeout());
        CompletableFuture<HttpResponse<byte[]>> answer =
                client(options).sendAsync(translate(request), BodyHandlers.ofByteArray());
        try {
            HttpResponse<byte[]> response = answer.get(total.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() == PROXY_WANTS_CREDENTIALS) {
                throw new ApiConnectionException("The proxy wants credentials", new ConnectException("status 407"));
            }
            return response;
        } catch (ExecutionException e) {
            throw new ApiConnectionException("No answer from Stripe", e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new ApiConnectionException("Stripe's answer did not end in " + total, e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new ApiConnectionException("Interrupted while waiting for Stripe", e);
        }
    }

    private java.net.http.HttpClient client(RequestOptions options) throws ApiConnectionException {
        Proxy proxy = options.getConnectionProxy();
        if (proxy != null && proxy.type() == Proxy.Type.SOCKS) { // the JDK's client would go around it
            throw new ApiConnectionException(
                    "SOCKS proxies are not supported", new ConnectException("no way to Stripe but past the proxy"));
        }
        return clients.computeIfAbsent(new Route(options.getConnectTimeout(), proxy), JdkHttp::client);
    }

    /** Without a proxy of its own it takes the one of the system properties, as {@code https.proxyHost}. */
    private static java.net.http.HttpClient client(Route route) {
        var builder = java.net.http.HttpClient.newBuilder()
                .connectTimeout(Duration.ofMillis(route.connectTimeout))
                .version(java.net.http.HttpClient.Version.HTTP_1_1)
                .followRedirects(java.net.http.HttpClient.Redirect.NEVER);
        if (route.proxy != null) {
            builder.proxy(
                    route.proxy.address() instanceof InetSocketAddress address
                            ? ProxySelector.of(address)
                            : java.net.http.HttpClient.Builder.NO_PROXY);
        }
        return builder.build();
    }

    private HttpRequest translate(StripeRequest request) throws UnsendableRequestException {
        try {
            return written(request);
        } catch (IllegalArgumentException e) { // its message quotes the header
            throw new UnsendableRequestException();
        }
    }

    private HttpRequest written(StripeRequest request) {
        var target = HttpRequest.newBuilder(URI.create(request.url().toString()))
                .timeout(Duration.ofMillis(request.options().getReadTimeout()));
        HttpContent content = request.content();
        switch (request.method()) {
            case GET -> target.GET();
            case DELETE -> target.DELETE();
            case POST ->
                target.POST(
                        content == null
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(content.byteArrayContent()));
        }
        request.headers().map().forEach((name, values) -> target.setHeader(name, String.join(",", values)));
        target.setHeader("User-Agent", buildUserAgentString(request));
        target.setHeader("X-Stripe-Client-User-Agent", buildXStripeClientUserAgentString());
        target.setHeader("Cache-Control", "no-cache"); // a proxy on the way must not answer for Stripe
        target.setHeader("Pragma", "no-cache");
        if (content != null) {
            target.setHeader("Content-Type", content.contentType());
        }
        PasswordAuthentication credential = request.options().getProxyCredential();
        if (credential != null && request.options().getConnectionProxy() != null) {
            // No Authenticator: with one, the JDK's client leaves out the header with our key.
            target.setHeader("Proxy-Authorization", "Basic " + encoded(credential));
        }
        return target.build();
    }

    private static String encoded(PasswordAuthentication credential) {
        String pair = credential.getUserName() + ":" + new String(credential.getPassword());
        return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
