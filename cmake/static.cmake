# Toolchain of the static binary; scripts/build-static passes the first two.
#
#   START_CLAUDE_ARCH        x86_64 or aarch64
#   START_CLAUDE_LIBRARIES   folder with the libraries that scripts/static/libraries built
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${START_CLAUDE_ARCH})
set(CMAKE_CXX_COMPILER ${START_CLAUDE_ARCH}-linux-gnu-g++)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES START_CLAUDE_ARCH START_CLAUDE_LIBRARIES)

# Only these libraries: Debian's own of the same names want shared ones.
set(CMAKE_FIND_ROOT_PATH ${START_CLAUDE_LIBRARIES})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_PREFIX_PATH ${START_CLAUDE_LIBRARIES})
set(ENV{PKG_CONFIG_LIBDIR} ${START_CLAUDE_LIBRARIES}/lib/pkgconfig)
set(OPENSSL_ROOT_DIR ${START_CLAUDE_LIBRARIES})
set(OPENSSL_USE_STATIC_LIBS ON)
set(BUILD_SHARED_LIBS OFF)

# No path of the building machine may show, or two builds differ.
get_filename_component(source_folder ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
set(CMAKE_CXX_FLAGS_INIT "-ffunction-sections -fdata-sections\
 -ffile-prefix-map=${source_folder}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build\
 -ffile-prefix-map=${START_CLAUDE_LIBRARIES}=/usr")
set(CMAKE_CXX_FLAGS_RELEASE "-Os -DNDEBUG" CACHE STRING "")

# The unwinder of a static binary sorts all of its tables at the first exception, 14 million
# instructions, unless they are in the linker's sorted index and not registered at start: nobody
# defines the functions that the start-up code then finds missing.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -Wl,--gc-sections -Wl,--build-id=none -Wl,-O1\
 -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--eh-frame-hdr\
 -Wl,--wrap=__register_frame_info -Wl,--wrap=__deregister_frame_info")
set(CMAKE_SKIP_RPATH ON)
add_compile_definitions(START_CLAUDE_STATIC)
