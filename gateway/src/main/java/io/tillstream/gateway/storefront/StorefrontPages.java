package io.tillstream.gateway.storefront;

import io.tillstream.gateway.GatewaySettings;
import java.net.URI;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.config.ResourceHandlerRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The shop's pages are one document whose modules show what its address says, the operators' are another; their files lie
 * below {@code /shop/}. A
 * browser keeps them and asks each time whether they have changed, so that no page runs modules of two versions. Without
 * the shop, who opens the gateway's address sees what it answers.
 */
@Configuration(proxyBeanMethods = false)
class StorefrontPages implements WebFluxConfigurer {

    static final String SHOP = "index.html";
    private static final String CONSOLE = "console.html";

    /** Those of the operators, as {@code console/routes.js} has them. The API decides who is one. */
    private static final List<String> CONSOLE_PAGES = List.of(
            "/console",
            "/console/search",
            "/console/events",
            "/console/orders/{id}",
            "/console/payments/{id}",
            "/console/subscriptions/{id}");

    /** Those that {@code routes.js} has. */
    private static final List<String> PAGES = List.of(
            "/",
            "/cart",
            "/checkout",
            "/callback",
            "/orders",
            "/orders/{id}",
            "/paid",
            "/canceled",
            "/cards",
            "/plans",
            "/plans/{id}",
            "/subscriptions",
            "/subscriptions/{id}",
            "/invoices",
            "/account");

    private final boolean enabled;
    private final String files;

    StorefrontPages(GatewaySettings settings) {
        this.enabled = settings.storefront().enabled();
        this.files = folder(settings);
    }

    /** Where the pages' files lie, with a slash at the end. */
    static String folder(GatewaySettings settings) {
        String folder = settings.storefront().files();
        return folder.endsWith("/") ? folder : folder + "/";
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        if (enabled) {
            registry.addResourceHandler("/shop/**").addResourceLocations(files).setCacheControl(CacheControl.noCache());
        }
    }

    /** Not controllers: a page takes whatever parameters an advertisement or Stripe adds to its address. */
    @Bean
    RouterFunction<ServerResponse> rootPage(ResourceLoader resources) {
        RouterFunctions.Builder routes = RouterFunctions.route();
        if (!enabled) {
            URI docs = URI.create("/docs");
            return routes.GET("/", request -> ServerResponse.temporaryRedirect(docs)
                            .build())
                    .build();
        }
        add(routes, PAGES, resources.getResource(files + SHOP));
        Resource console = resources.getResource(files + CONSOLE);
        if (console.exists()) { // pages of one's own need not have it
            add(routes, CONSOLE_PAGES, console);
        }
        return routes.build();
    }

    private static void add(RouterFunctions.Builder routes, List<String> pages, Resource document) {
        for (String page : pages) {
            routes.GET(page, request -> ServerResponse.ok()
                    .contentType(MediaType.TEXT_HTML)
                    .cacheControl(CacheControl.noCache())
                    .bodyValue(document));
        }
    }
}
