package io.tillstream.gateway.routes;

import io.tillstream.gateway.GatewaySettings;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import org.springframework.cloud.gateway.filter.factory.RetryGatewayFilterFactory.RetryConfig;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.BooleanSpec;
import org.springframework.cloud.gateway.route.builder.GatewayFilterSpec;
import org.springframework.cloud.gateway.route.builder.PredicateSpec;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.route.builder.UriSpec;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;

/** Which service answers what. What is not named here is 404; {@code /internal} never is. */
@Configuration(proxyBeanMethods = false)
class Routes {

    private static final long LONG_POLL_MILLIS = 75_000; // settlement waits up to 60 s, and asks Stripe once at the end
    private static final long WEBHOOK_MILLIS = 10_000; // ingest answers within 3 s
    private static final int RETRIES = 2;
    private static final String[] BACKLOG = {
        "/api/admin/parked-events",
        "/api/admin/dead-letters",
        "/api/admin/dead-letters/replay",
        "/api/admin/event-replays",
        "/api/admin/event-replays/*"
    };
    private static final String[] DRIFT = {"/api/admin/drift-reports", "/api/admin/drift-reports/**"};

    /**
     * One more than that of all others: connections that are made otherwise are kept apart, so whoever opens as many
     * streams as there are connections takes none from those who buy. Each service has its own of either kind.
     */
    private static final int STREAM_CONNECT_MILLIS = 1_001;

    @Bean
    RouteLocator table(RouteLocatorBuilder builder, GatewaySettings settings) {
        URI order = settings.services().order();
        URI payment = settings.services().payment();
        RouteLocatorBuilder.Builder routes = builder.routes()
                .route("settlement", path -> path.path("/api/orders/*/settlement")
                        .filters(Routes::retried)
                        .metadata(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR, LONG_POLL_MILLIS)
                        .metadata(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR, STREAM_CONNECT_MILLIS)
                        .uri(order))
                .route("orders", path -> path.path("/api/orders", "/api/orders/**", "/api/products", "/api/products/**")
                        .filters(Routes::retried)
                        .uri(order))
                .route("admin-orders", path -> path.path("/api/admin/orders", "/api/admin/orders/**")
                        .filters(Routes::retried)
                        .uri(order))
                .route("payments", path -> path.path(
                                "/api/payments",
                                "/api/payments/**",
                                "/api/customers",
                                "/api/customers/**",
                                "/api/payment-methods",
                                "/api/payment-methods/**")
                        .filters(Routes::retried)
                        .uri(payment))
                .route("admin-payments", path -> path.path(
                                "/api/admin/payments",
                                "/api/admin/payments/**",
                                "/api/admin/customers",
                                "/api/admin/stripe-endpoint",
                                "/api/admin/stripe-endpoint/repair")
                        .filters(Routes::retried)
                        .uri(payment))
                .route("backlog-of-payments", path -> backlog(path, "payments").uri(payment))
                .route("session", path -> path.method(HttpMethod.GET)
                        .and()
                        .path("/api/checkout/sessions/*")
                        .filters(Routes::retried)
                        .uri(payment))
                .route(
                        "pay-by-session",
                        path -> CheckoutSessionMode.PAYMENT.on(path).uri(order))
                .route(
                        "set-up-by-session",
                        path -> CheckoutSessionMode.SETUP.on(path).uri(payment))
                .route("webhooks", path -> path.path("/webhooks/stripe")
                        .metadata(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR, WEBHOOK_MILLIS)
                        .uri(settings.services().ingest()));
        URI subscription = settings.services().subscription();
        // Last: a service that is not there, or is not named, is refused by one that is.
        if (subscription != null && settings.services().hasSubscriptions()) {
            addSubscriptions(routes, subscription);
        }
        return routes.route(
                        "drift-of-payments",
                        path -> path.path(DRIFT).filters(Routes::retried).uri(payment))
                .route("backlog-of-orders", path -> path.path(BACKLOG).uri(order))
                .build();
    }

    /** Each service has events of its own that it has not applied. */
    private static BooleanSpec backlog(PredicateSpec path, String service) {
        return path.path(BACKLOG).and().query("service", service);
    }

    private static void addSubscriptions(RouteLocatorBuilder.Builder routes, URI subscription) {
        routes.route("backlog-of-subscriptions", path -> backlog(path, "subscriptions")
                        .uri(subscription))
                .route("drift-of-subscriptions", path -> path.path(DRIFT)
                        .and()
                        .query("service", "subscriptions")
                        .filters(Routes::retried)
                        .uri(subscription))
                .route("subscription-settlement", path -> path.path("/api/subscriptions/*/settlement")
                        .filters(Routes::retried)
                        .metadata(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR, LONG_POLL_MILLIS)
                        .metadata(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR, STREAM_CONNECT_MILLIS)
                        .uri(subscription))
                .route("subscriptions", path -> path.path(
                                "/api/plans",
                                "/api/plans/**",
                                "/api/subscriptions",
                                "/api/subscriptions/**",
                                "/api/invoices",
                                "/api/invoices/**",
                                "/api/entitlements",
                                "/api/billing-portal/**",
                                "/api/admin/invoices/**",
                                "/api/admin/subscriptions",
                                "/api/admin/subscriptions/**",
                                "/api/admin/policy-previews",
                                "/api/admin/policy-previews/**")
                        .filters(Routes::retried)
                        .uri(subscription))
                .route(
                        "subscribe-by-session",
                        path -> CheckoutSessionMode.SUBSCRIPTION.on(path).uri(subscription));
    }

    /** Only reads, and only when the service cannot have seen the request. */
    @SuppressWarnings("unchecked") // the exceptions are a generic varargs array
    private static UriSpec retried(GatewayFilterSpec filters) {
        return filters.retry((RetryConfig retry) -> retry.setRetries(RETRIES)
                .setMethods(HttpMethod.GET)
                .setSeries()
                .setStatuses()
                .setExceptions(ConnectException.class)
                .setBackoff(Duration.ofMillis(50), Duration.ofMillis(500), 2, true));
    }
}
