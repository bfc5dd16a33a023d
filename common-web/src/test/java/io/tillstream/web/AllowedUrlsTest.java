package io.tillstream.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedUrlsTest {

    private final AllowedUrls urls = new AllowedUrls(List.of("https://shop.example", " http://localhost:8080"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop.example",
                "https://shop.example/",
                "https://shop.example:443/done?a=b#part",
                "HTTPS://Shop.Example/done",
                "http://localhost:8080/done?session={CHECKOUT_SESSION_ID}",
            })
    void urlsBelowAllowedOriginsAreGood(String url) {
        assertThat(urls.check("successUrl", url)).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/done",
                "//shop.example/done",
                "http://shop.example/",
                "https://shop.example:444/",
                "https://shop.example.evil.com/",
                "https://evil.com/https://shop.example",
                "https://shop.example@evil.com/",
                "https://user:word@shop.example/",
                "https://shop.example\\@evil.com/",
                "https://evil.com\\.shop.example/",
                "https://sub.shop.example/",
                "javascript:alert(1)//shop.example",
                "data:text/html,x",
                "https://shop.example/a b",
                "https://shop.example/{CHECKOUT_SESSION_ID}",
                "https://shop.example\u0000/",
                "http://localhost:8081/",
            })
    void othersAreRefusedWithTheirField(String url) {
        assertThatThrownBy(() -> urls.check("successUrl", url)).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.code()).isEqualTo("url-not-allowed");
            assertThat(problem.errors().get(0).field()).isEqualTo("successUrl");
        });
    }

    @Test
    void anEndlessUrlIsRefused() {
        assertThatThrownBy(() -> urls.check("u", "https://shop.example/" + "a".repeat(2_000)))
                .isInstanceOf(Problem.class);
    }

    @Test
    void aSettingThatIsNoOriginStopsTheStart() {
        assertThatThrownBy(() -> new AllowedUrls(List.of("https://shop.example/path")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AllowedUrls(List.of("*"))).isInstanceOf(IllegalArgumentException.class);
    }
}
