package io.tillstream.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Carries stripe-java's requests over the JDK's HTTP client. Its own carrier, HttpURLConnection, sends a POST a second
 * time by itself when a kept connection breaks, so that a refused second connection looks as if nothing had been sent;
 * and its read time-out starts anew with every byte.
 */
final class JdkHttp extends HttpClient {

    private final java.net.http.HttpClient http;
    private final Duration readTimeout;
    private final Duration total;

    JdkHttp(Duration connectTimeout, Duration readTimeout) {
        this.readTimeout = readTimeout;
        this.total = connectTimeout.plus(readTimeout);
        this.http = java.net.http.HttpClient.newBuilder()
                .connectTimeout(connectTimeout)
                .version(java.net.http.HttpClient.Version.HTTP_1_1)
                .followRedirects(java.net.http.HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public StripeResponse request(StripeRequest request) throws ApiConnectionException {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(translate(request), BodyHandlers.ofByteArray());
        try {
            HttpResponse<byte[]> response = answer.get(total.toMillis(), TimeUnit.MILLISECONDS);
            return new StripeResponse(
                    response.statusCode(),
                    HttpHeaders.of(response.headers().map()),
                    new String(response.body(), StandardCharsets.UTF_8));
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

    private HttpRequest translate(StripeRequest request) {
        var content = request.content();
        var body = content == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(content.byteArrayContent());
        var target = HttpRequest.newBuilder(URI.create(request.url().toString()))
                .timeout(readTimeout)
                .method(request.method().name(), body);
        request.headers().map().forEach((name, values) -> values.forEach(value -> target.setHeader(name, value)));
        target.setHeader("User-Agent", buildUserAgentString(request));
        target.setHeader("X-Stripe-Client-User-Agent", buildXStripeClientUserAgentString());
        return target.build();
    }
}
