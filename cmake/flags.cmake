# Language, warnings and hardening (the list and its measured cost are explained in docs/decisions.md), and the libraries.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE None) # our own flags below, nothing added
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(LIBS REQUIRED IMPORTED_TARGET libwebsockets libuv jansson libcurl sqlite3 libdeflate
	libbrotlidec libzstd md4c libidn2 libssl libcrypto liboauth2 cjose libargon2)

add_library(floor_flags INTERFACE)
target_include_directories(floor_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
target_compile_definitions(floor_flags INTERFACE _GNU_SOURCE SCRAPED_VERSION="${PROJECT_VERSION}")
target_compile_options(floor_flags INTERFACE -include ${CMAKE_SOURCE_DIR}/src/base/banned.h
	-g -Wall -Wextra -Wformat=2 -Wconversion -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes
	-Wno-missing-field-initializers -Werror -fno-strict-aliasing)
target_link_libraries(floor_flags INTERFACE PkgConfig::LIBS Threads::Threads m)

if(FUZZ)
	target_compile_options(floor_flags INTERFACE -O1 -fsanitize=fuzzer-no-link,address,undefined
		-fno-sanitize-recover=undefined -fno-omit-frame-pointer)
	target_link_options(floor_flags INTERFACE -fsanitize=address,undefined)
elseif(SAN STREQUAL address)
	target_compile_options(floor_flags INTERFACE -O1 -fsanitize=address,undefined
		-fno-sanitize-recover=undefined -fno-omit-frame-pointer)
	target_link_options(floor_flags INTERFACE -fsanitize=address,undefined)
elseif(SAN STREQUAL thread)
	target_compile_options(floor_flags INTERFACE -O1 -fsanitize=thread -fno-omit-frame-pointer)
	target_link_options(floor_flags INTERFACE -fsanitize=thread)
else()
	set(CMAKE_POSITION_INDEPENDENT_CODE ON)
	target_compile_options(floor_flags INTERFACE -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong
		-fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero -fPIE)
	target_link_options(floor_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
		-Wl,--gc-sections)
	target_compile_options(floor_flags INTERFACE -ffunction-sections -fdata-sections)
endif()
