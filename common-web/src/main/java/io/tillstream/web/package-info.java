/**
 * What every HTTP service does alike. This package is what services code against; the packages below it are the
 * machinery, put to work by having this module on the class path.
 */
@NullMarked
package io.tillstream.web;

import org.jspecify.annotations.NullMarked;
