package io.tillstream.gateway.storefront;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.gateway.GatewaySettings;
import io.tillstream.gateway.GatewaySettings.Storefront;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.test.web.reactive.server.WebTestClient;

class StorefrontPagesTest {

    @TempDir
    Path folder;

    private WebTestClient web(Storefront shop) {
        GatewaySettings settings = settings(shop);
        return WebTestClient.bindToRouterFunction(new StorefrontPages(settings).rootPage(new DefaultResourceLoader()))
                .build();
    }

    private static GatewaySettings settings(Storefront shop) {
        URI none = URI.create("http://127.0.0.1:1");
        return new GatewaySettings(
                new GatewaySettings.Services(none, none, none, none),
                new GatewaySettings.Stripe("pk_test_1", none, none, "1"),
                new GatewaySettings.Rates(1, 1, 1, 1, 1, 1, 1, 1, ""),
                new GatewaySettings.Streams(1, 1, java.time.Duration.ofSeconds(1)),
                "http://127.0.0.1:1",
                "web",
                shop);
    }

    @Test
    void withoutTheShopTheRootLeadsToTheDocuments() {
        WebTestClient web = web(new Storefront(false, "classpath:/storefront/"));
        web.get()
                .uri("/")
                .exchange()
                .expectStatus()
                .is3xxRedirection()
                .expectHeader()
                .location("/docs");
        web.get().uri("/cart").exchange().expectStatus().isNotFound();
    }

    @Test
    void pagesOfOnesOwnAreServedFromTheirFolder() throws IOException {
        Files.writeString(folder.resolve("index.html"), "<p>my own shop</p>");
        web(new Storefront(true, folder.toUri().toString()))
                .get()
                .uri("/checkout")
                .exchange()
                .expectBody(String.class)
                .isEqualTo("<p>my own shop</p>");
    }

    /** A page that the modules show and the gateway does not know would be gone with a reload. */
    @ParameterizedTest
    @CsvSource({"js/routes.js, js/app.js", "js/console/routes.js, js/console/app.js"})
    void everyPageOfTheModulesIsThereAfterAReload(String routes, String app) throws IOException {
        String router = new ClassPathResource("storefront/" + routes).getContentAsString(StandardCharsets.UTF_8);
        Matcher page = Pattern.compile("\\['(/[^']*)', .*import\\(").matcher(router);
        WebTestClient web = web(new Storefront(true, "classpath:/storefront/"));
        int pages = 0;
        while (page.find()) {
            pages++;
            web.get()
                    .uri(page.group(1).replace(":id", "1"))
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody(String.class)
                    .value(document -> assertThat(document).contains("/shop/" + app));
        }
        assertThat(pages).isGreaterThan(5);
    }
}
