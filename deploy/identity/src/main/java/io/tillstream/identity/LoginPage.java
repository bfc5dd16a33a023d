package io.tillstream.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Asks for a name and a password. */
@RestController
class LoginPage {
    private final String page;

    LoginPage() throws IOException {
        page = new ClassPathResource("login.html").getContentAsString(StandardCharsets.UTF_8);
    }

    @GetMapping(path = "/login", produces = MediaType.TEXT_HTML_VALUE)
    String login(CsrfToken csrf, @RequestParam @Nullable String error, @RequestParam @Nullable String logout) {
        String notice = error != null ? "Wrong user or password." : logout != null ? "You are signed out." : "";
        return page.replace("{{csrf}}", csrf.getToken()).replace("{{notice}}", notice);
    }
}
