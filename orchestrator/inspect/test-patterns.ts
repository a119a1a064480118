/**
 * How tests, assertions, and ways to leave them out are written, by framework. Matched against short lines with single
 * blanks only (test-marks.ts): some take time by the square of a line's length.
 */

export type Patterns = readonly RegExp[];

export const tests: Patterns = [
  /^[ \t]*(?:async[ \t]+)?def[ \t]+test\w*/gm, // pytest, unittest, minitest
  /(?<![.\w])(?:it|test|specify|scenario)(?:\.(?!skip|todo|only|fixme)\w+)*[ \t]?[(`"']/g, // Jest, Vitest, Mocha, node:test, RSpec
  /^func[ \t]+(?:Test(?!Main\b)|Fuzz|Example)\w*[ \t]*\(|\bt\.Run\(/gm, // Go
  /#\[(?:\w+::)*(?:test|rstest)\b/g, // Rust
  /@(?:Test|ParameterizedTest|RepeatedTest|Property)\b/g, // JUnit, TestNG, Swift Testing
  /\[(?:Fact|Theory|Test|TestCase|TestMethod)\b/g, // xUnit, NUnit, MSTest
  /^[ \t]*TEST(?:_F|_P)?[ \t]*\(/gm, // GoogleTest, Catch
  /\bfunc(?:tion)?[ \t]+test\w*[ \t]*\((?![ \t]*\w+[ \t]+\*testing\.)/g, // PHPUnit, XCTest; in Go it would not run
];

export const assertions: Patterns = [
  /(?<![.\w])assert\w*[ \t]*[!(.\w"'[{-]/gi, // Python, node:assert, JUnit, Rust, C, GoogleTest's ASSERT_
  /\.assert\w*[ \t]*\(/gi, // unittest, Chai, PHPUnit
  /(?<![.\w])expect\w*[ \t]*[({]/gi, // Jest, RSpec, GoogleTest's EXPECT_
  /\.should\b|\bshould\./g, // Chai, RSpec
  /\brequire\.(?!resolve|cache|main|extensions)\w+[ \t]*\(/g, // testify
  /\b[tb]\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)[ \t]*\(/g, // Go
  /\bpytest\.(?:raises|warns|fail)\b|\bself\.fail\w*[ \t]*\(/g,
  /(?<![.\w])verify\w*[ \t]*\(/g, // Mockito, TypeMoq
  /\b(?:must|wont)_\w+|\brefute\w*/g, // minitest
  /\bXCT(?!Skip)\w+[ \t]*\(/g, // XCTest
  /\b(?:raise|throw[ \t]+new)[ \t]+AssertionError\b/g,
];

/** They hold whatever the code under test does. What is the same on both sides has no strings: their content is not read. */
export const trivial: Patterns = [
  /(?<![.\w])assert[ \t]+(?:True|true|1|not[ \t]+False|not[ \t]+None)[ \t]*(?=$|[,;])/gm,
  /(?<!\w)assert\w*!?[ \t]*\([ \t]*(?:True|true|1|!0|!false|not[ \t]+False)[ \t]*[,)]/g,
  /(?<![.\w])expect[ \t]*\([ \t]*(?:true|1|!0|!false)[ \t]*\)/g,
  /(?<!\w)assert\w*(?:\.\w+)?!?[ \t]*\([ \t]*([^\n"'`,]{1,200}?)[ \t]*,[ \t]*\1[ \t]*[,)]/g,
  /(?<!\w)assert\w*(?:\.\w+)?[ \t]*\([ \t]*([\w.]{1,80}\([^\n"'`()]{1,120}\))[ \t]*,[ \t]*\1[ \t]*[,)]/g,
  /(?<![.\w])assert[ \t]+([^\n"'`=]{1,200}?)[ \t]*==[ \t]*\1[ \t]*(?=$|[,;])/gm,
  /(?<![.\w])expect[ \t]*\([ \t]*([^\n"'`]{1,200}?)[ \t]*\)\.\w+[ \t]*\([ \t]*\1[ \t]*\)/g,
  /(?<![.\w])expect[ \t]*\((?:[^()\n]|\([^()\n]{0,100}\)){0,100}\)[ \t]*;/g, // no matcher
  /\.to\w+[ \t]*\([ \t]*expect\.anything\b/g,
  /(?<![.\w])assert\b[^\n]{0,200}(?:\bor[ \t]+(?:True|1)|\|\|[ \t]*true)[ \t]*\)?;?[ \t]*$/gm,
];

/** In Python a tuple that is not empty is true. */
export const tuples: Patterns = [/^[ \t]*assert[ \t]*\([^\n]{1,300},[ \t]*f?["'][^\n]{0,100}\)[ \t]*$/gm];

export const skips: Patterns = [
  /(?<![.\w])(?:it|test|describe|context|suite|specify)(?:\.\w+)*\.(?:skip\w*|todo|fixme|fails?|failing|runIf)\b/g, // Jest, Vitest, Playwright
  /(?<![.\w])(?:xit|xtest|xdescribe|xcontext|xspecify|pending)[ \t]*[("'`]|(?:^[ \t]*|\bRSpec\.)(?:xit|xdescribe|xcontext)[ \t]/gm, // Jasmine, Mocha, RSpec
  /\b(?:it|test|describe|suite|context)\b[^\n]{0,200}\b(?:skip|todo)[ \t]*:[ \t]*(?:true|["'`])/g, // node:test, RSpec
  /@(?:pytest\.mark\.|mark\.|unittest\.)?(?:skip|xfail|expectedFailure)\w*/g,
  /\bpytest\.(?:skip|xfail|importorskip|exit)[ \t]*\(|\bpytestmark\b|\b__test__[ \t]*=[ \t]*False/g,
  /\b(?:this|ctx|context)\.skip[ \t]*\(/g, // Mocha, node:test
  /\.skipTest[ \t]*\(|\bSkipTest\b|\bmarkTest(?:Skipped|Incomplete)[ \t]*\(/g, // unittest, PHPUnit
  /\b[tb]\.(?:Skip|Skipf|SkipNow|skip|todo)[ \t]*\(/g, // Go, node:test
  /#\[ignore\b|#\[cfg\([ \t]*(?:any\([ \t]*\)|not\([ \t]*test[ \t]*\))[ \t]*\)\]/g, // Rust
  /@(?:Disabled|Ignore)\w*|\bassum(?:e|ing)\w*[ \t]*\(|@Test\b[^\n]{0,100}\benabled[ \t]*=[ \t]*false/g, // JUnit, TestNG
  /\b(?:Skip|Ignore|IgnoreReason)[ \t]*=[ \t]*["']|\[Ignore\b/g, // xUnit, NUnit
  /^[ \t]*(?:skip|pending)\b(?![ \t]*[=:])/gm, // RSpec, minitest
  /@Test[ \t]*\([^)\n]{0,80}\bexpected\b/g, // JUnit 4: a failure is a success
  /\bGTEST_SKIP\b|\bDISABLED_\w+|\bXCTSkip\w*/g,
  /\bif[ \t]+(?:False|0)[ \t]*:|\bif[ \t]*\([ \t]*(?:false|0)[ \t]*\)/g,
  /\bif\b[^\n]{0,200}(?:process\.env|environ|getenv|ENV\b|env::var)[^\n]{0,30}\b(?:CI|GITHUB_\w+|GITLAB_\w+|TRAVIS|JENKINS_\w+|BUILD_\w+)\b/gi, // only where nobody looks
  /\b(?:expect|assert)\w*[^\n]{0,300}\.catch[ \t]*\([ \t]*(?:\(\w*\)|\w+)[ \t]*=>[ \t]*(?:\{[ \t]*\}|null|undefined)[ \t]*\)/g, // of a promise
  // A return as the first thing in a test.
  /(?:\bdef[ \t]+test\w*[^\n]{0,200}:|^func[ \t]+Test[^\n]{0,200}\{|(?:=>|\))[ \t]*\{)[ \t]*\n(?:[ \t"']*\n){0,20}[ \t]*return[ \t]*;?[ \t]*$/gm,
];

/** They act on every test of the process, those of other files among them. */
export const ends: Patterns = [
  /\b(?:process|std::process)[ \t]*(?:\.|::|\[["'`])(?:exit|reallyExit|abort|kill)\b|\b(?:os\._exit|sys\.exit|System\.exit)[ \t]*\(|\bos\.Exit[ \t]*\((?!m\.Run\b)/g,
  /(?<![.\w])(?:it|test|describe|context|suite|specify)(?:\.\w+)*\.only\b|\b(?:it|test|describe|suite)\b[^\n]{0,200}\bonly[ \t]*:[ \t]*true/g, // Mocha, Jest, node:test
  /(?<![.\w])(?:fit|fdescribe|fcontext)[ \t]*[("'`]|^[ \t]*(?:fit|fdescribe|fcontext)[ \t]/gm, // Jasmine, RSpec
  /\bfunc[ \t]+TestMain[ \t]*\((?![^{]{0,100}\{[^}]{0,400}m\.Run\b)/g, // Go
  /\bdef[ \t]+(?:load_tests|pytest_\w+)[ \t]*\(|\bcollect_ignore/g, // unittest, pytest
];

/** These stand in comments, where tools look for them. */
export const directives: Patterns = [
  /^[ \t]*\/\/(?:[ \t]*\+build|go:build)[ \t]/gm,
  /\b(?:c8|istanbul|v8)[ \t]+ignore\b|#[ \t]*pragma:[ \t]*no[ \t]*cover/g,
];
